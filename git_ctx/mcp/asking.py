"""The tools by which an assistant gets what it needs to know: prompt, request, rank."""

from typing import TYPE_CHECKING, cast

from git_ctx.mcp import schema
from git_ctx.mcp.answer import EXCERPT, Answer, listed, plain_text
from git_ctx.mcp.tool import Call, Tool
from git_ctx.safety.text import one_line, truncate

if TYPE_CHECKING:
    from git_ctx.api import About
    from git_ctx.porcelain.prompt import Prompted

DEFAULT_BUDGET = 8_000
MOST_BUDGET = 50_000

SESSION = schema.text("Use this session (NAME or NAME@BRANCH) instead of the git branch's current one.", 400)
CONVERSATION = schema.text("The id of this chat, where you were told one.", 400)
_BUDGET = schema.number("Tokens at most.", MOST_BUDGET, DEFAULT_BUDGET, least=200)
_ABOUT = {
    "exclude": schema.texts("Leave these files out: patterns as in a .gitignore."),
    "include": schema.texts("Choose among these files only: patterns as in a .gitignore."),
    "lang": schema.texts("Choose among files in these languages only."),
    "changed": schema.text("A branch or commit: what differs from it comes first.", 400),
    "tests": schema.flag("true: tests count as much as source; false: they are left out.", default=None),
}


def prompt(call: Call) -> Answer:
    done = call.project.prompt(
        call.given["text"],
        budget=call.get("budget") or budget(call),
        full=call.get("full", False),
        conversation=call.chat,
        session=call.where,
        **_about(call),
    )
    return Answer(texts=(plain_text(done.content), _kept(done)))


def _about(call: Call) -> "About":
    return cast("About", {name: call.given[name] for name in _ABOUT if name in call.given})


def budget(call: Call) -> int:
    """`ctx.mcpBudget`, where that is a number; else the default."""
    set_to = call.project.repo.config("ctx.mcpBudget") or ""
    wanted = int(set_to) if set_to.isdecimal() and len(set_to) < 10 else 0
    return min(wanted, MOST_BUDGET) or DEFAULT_BUDGET


def _kept(done: "Prompted") -> str:
    """What a person reads on stderr."""
    context = done.context
    notes = [
        f"{context.kind} context, {context.tokens:,} of {context.budget:,} tokens; "
        f"kept as #{done.event.clock} of {done.branch}"
    ]
    if done.started:
        notes.append("began this session")
    if done.prompt.redacted:
        notes.append(f"redacted from the prompt: {', '.join(done.prompt.redacted)}")
    withheld = [state.path for state in done.files.states if state.withheld]
    if withheld:
        notes.append(f"withheld from the session: {named(withheld)}")
    return f"[{'; '.join(map(one_line, notes))}]"


def named(paths: list[str], most: int = 10) -> str:
    more = f" and {len(paths) - most:,} more" if len(paths) > most else ""
    return ", ".join(paths[:most]) + more


def request(call: Call) -> Answer:
    done = call.project.request(
        call.given["kind"],
        *call.get("what", []),
        budget=call.get("budget") or DEFAULT_BUDGET,
        conversation=call.chat,
        session=call.where,
    )
    return Answer(texts=(plain_text(done.content),))


def rank(call: Call) -> Answer:
    found = call.project.rank(call.given["text"], call.get("number", 20), session=call.where, **_about(call))
    return listed(
        "files",
        [
            {
                "path": one.path,
                "score": round(one.score, 4),
                "reasons": [truncate(one_line(str(reason)), EXCERPT) for reason in one.reasons[:3]],
            }
            for one in found
        ],
    )


TOOLS = (
    Tool(
        name="prompt",
        title="Get the context for a task",
        about="Get what you need to know of this code base for a task, and keep the task in the session. "
        "Call it first, with the user's own words, before you search or read files: the first call of a chat "
        "gives the files that matter, an overview, set-up and guidance, chosen for the task within a token "
        "budget. Call it again with each new task: then it gives only what has changed and what is new. "
        "Secrets are redacted.",
        takes=schema.takes(
            "text",
            text=schema.text("The task, in the user's words; names of files and symbols help."),
            budget=_BUDGET,
            full=schema.flag("Give the whole context again, as after a compaction."),
            **_ABOUT,
            session=SESSION,
            conversation=CONVERSATION,
        ),
        run=prompt,
        writes=True,
    ),
    Tool(
        name="request",
        title="See more of the code",
        about="See more than the context had. What you see is kept in the session, and not repeated later.",
        takes=schema.takes(
            "kind",
            kind=schema.choice(
                "file: files, or lines of them. symbol: where a name is defined and used. search: lines that "
                "hold a text as it stands. tree: the files of a folder. diff: what has changed since the "
                "last prompt. question: kept for the user to answer.",
                *("file", "symbol", "search", "tree", "diff", "question"),
            ),
            what=schema.texts(
                "file: paths, as in src/app.py or src/app.py:10-40. symbol: names. search, question: one "
                "text. tree: folders, none for all. diff: a revision such as @~1, none for the last prompt."
            ),
            budget=_BUDGET,
            session=SESSION,
            conversation=CONVERSATION,
        ),
        run=request,
        writes=True,
    ),
    Tool(
        name="rank",
        title="Which files matter",
        about="List the files that matter for a task, best first, with the reasons. Keeps nothing, and is "
        "cheap.",
        takes=schema.takes(
            "text",
            text=schema.text("The task; names of files and symbols help."),
            number=schema.number("How many files.", 100, 20),
            **_ABOUT,
            session=SESSION,
        ),
        gives=schema.gives(
            files=schema.rows(path="string", score="number", reasons="array"), left_out="integer"
        ),
        run=rank,
    ),
)
