"""The tools that are there only with `--allow`: they change the user's files, or send something away."""

from git_ctx.mcp import schema
from git_ctx.mcp.answer import Answer, count, plain_text
from git_ctx.mcp.asking import SESSION, named
from git_ctx.mcp.looking import REVISION
from git_ctx.mcp.tool import Call, Tool


def restore(call: Call) -> Answer:
    done = call.project.restore(call.given["revision"], call.get("paths", []), session=call.where)
    told = [
        f"restored #{done.moment.event.clock}: {count(len(done.done.written), 'file')} written, "
        f"{len(done.done.removed):,} removed"
    ]
    if done.before:
        told.append(f"what was there is #{done.before.event.clock}; restoring @~1 undoes this")
    if done.done.left:
        told.append(f"not touched: {named(sorted(done.done.left))}")
    if done.runs:
        told.append(f"look before you go on, these run by themselves: {named(sorted(done.runs))}")
    return Answer(texts=(plain_text("\n".join(told)),))


def push(call: Call) -> Answer:
    done = call.project.push(call.get("remote"), session=call.where)
    told = [f"{row.branch}: {row.result}" + (f" ({row.detail})" if row.detail else "") for row in done.rows]
    return Answer(texts=(plain_text("\n".join(told) or f"everything is on '{done.remote}' already"),))


TOOLS = (
    Tool(
        name="restore",
        title="Bring back the files of a prompt",
        about="Write the files of a prompt or save into the work tree. What is there is saved first; "
        "restoring @~1 undoes it. Only at the user's wish.",
        takes=schema.takes(
            "revision",
            revision=REVISION,
            paths=schema.texts("Only these paths; none for all.", 100),
            session=SESSION,
        ),
        run=restore,
        writes=True,
        overwrites=True,
    ),
    Tool(
        name="push",
        title="Send the session to a remote",
        about="Send the current session to a git remote that the user has agreed to before. It carries the "
        "prompts and the text of files in their contexts. Only at the user's wish.",
        takes=schema.takes(remote=schema.text("The remote's name, as git has it.", 400), session=SESSION),
        run=push,
        writes=True,
        leaves=True,
    ),
)
