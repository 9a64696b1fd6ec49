"""The tools that keep something in the session: save, pin, guide. No file of the user's changes."""

from git_ctx.errors import UsageError
from git_ctx.mcp import schema
from git_ctx.mcp.answer import Answer, count, excerpt, plain_text
from git_ctx.mcp.asking import SESSION, named
from git_ctx.mcp.tool import Call, Tool


def save(call: Call) -> Answer:
    saved = call.project.save(call.get("message", ""), session=call.where)
    withheld = [state.path for state in saved.files.states if state.withheld]
    note = f"; withheld: {named(withheld)}" if withheld else ""
    return _said(f"saved the files as #{saved.event.clock} of {saved.branch}{note}")


def pin(call: Call) -> Answer:
    paths, gone = call.get("paths", []), call.get("unpin", [])
    told = []
    if paths:
        done = call.project.pin(*paths, session=call.where)
        told += [
            f"pinned {path} ({count(files, 'file')})"
            for path, files in zip(done.paths, done.files, strict=True)
        ]
    if gone:
        told += [f"unpinned {path}" for path in call.project.unpin(*gone, session=call.where).paths]
    if not paths and not gone:
        found = call.project.pins(session=call.where)
        told = [f"{one.pin.path} ({count(one.files, 'file')}), by {one.pin.author}" for one in found]
    return _said("\n".join(told) or "nothing is pinned")


def guide(call: Call) -> Answer:
    text, number = call.get("text"), call.get("remove")
    if text and number:
        raise UsageError("give either a text or a number to remove, not both")
    if text:
        done = call.project.guide(text, call.get("priority", "normal"), session=call.where)
        redacted = f"; redacted: {', '.join(done.redacted)}" if done.redacted else ""
        return _said(f"added ({done.principle.priority}): {excerpt(done.principle.text)}{redacted}")
    if number:
        return _said(f"withdrawn: {excerpt(call.project.unguide(number, session=call.where).principle.text)}")
    found = call.project.guidance(session=call.where)
    told = [
        f"{place}. ({one.priority}, by {one.author}) {excerpt(one.text)}"
        for place, one in enumerate(found, 1)
    ]
    return _said("\n".join(told) or "no principles yet")


def _said(text: str) -> Answer:
    return Answer(texts=(plain_text(text),))


TOOLS = (
    Tool(
        name="save",
        title="Keep the files as they are",
        about="Keep the files as they are now, as a point to come back to: before something risky, or when a "
        "step works. No file, commit or branch changes.",
        takes=schema.takes(message=schema.text("What to remember it by.", 4000), session=SESSION),
        run=save,
        writes=True,
    ),
    Tool(
        name="pin",
        title="Pin files",
        about="Have files in every context of this session, whatever is asked; without arguments, list those "
        "that are. Only at the user's wish.",
        takes=schema.takes(
            paths=schema.texts("Paths, folders or globs to pin."),
            unpin=schema.texts("Paths, folders or globs to unpin, as they are listed."),
            session=SESSION,
        ),
        run=pin,
        writes=True,
    ),
    Tool(
        name="guide",
        title="Principles to work by",
        about="Give this session a principle to work by, which every later context repeats; without "
        "arguments, list the principles. Only at the user's wish.",
        takes=schema.takes(
            text=schema.text("The principle.", 4000),
            priority=schema.choice(
                "Where it stands among the others.", "high", "normal", "low", default="normal"
            ),
            remove=schema.number("Withdraw the principle with this number.", 10_000),
            session=SESSION,
        ),
        run=guide,
        writes=True,
    ),
)
