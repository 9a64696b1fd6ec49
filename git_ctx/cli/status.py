"""git ctx status"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.status import Status


@click.command()
@options.session
@options.json
def command(session: str | None, as_json: bool) -> None:
    """Show the current session and what has changed since its last prompt."""
    from git_ctx.cli import output
    from git_ctx.porcelain.status import status
    from git_ctx.store import discover

    found = status(discover.find(), session)
    if as_json:
        output.json(_as_json(found))
    else:
        output.result(_told(found))


def _as_json(found: "Status") -> dict[str, object]:
    from git_ctx.cli import words

    return {
        "session": found.branch.session,
        "branch": found.branch.branch,
        "id": found.session.id,
        "project": found.session.project,
        "created": found.session.created.isoformat(timespec="seconds"),
        "state": found.state,
        "prompts": found.prompts,
        "last": words.prompt_json(found.last) if found.last else None,
        "pins": list(found.pins),
        "guidance": found.guidance,
        "source": found.source,
        "changed": [{"status": c.status, "path": c.path} for c in found.changed],
    }


def _told(found: "Status") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    source = f", from {escape(found.source, '')}" if found.source else ""
    many = words.count(found.prompts, "prompt")
    lines = [f"On session {escape(str(found.branch), '')} ({found.state}, {many}{source})"]
    if found.last:
        lines.append(f"Last prompt, {words.time(found.last.asked_at)}: {words.title(found.last.text)}")
    if found.state == "analyzing":
        lines.append("A prompt is on its way, or was cut off: the next one finishes it.")
    if found.pins:
        lines.append(f"Pinned: {', '.join(escape(path, '') for path in found.pins)}")
    if found.guidance:
        lines.append(f"Guidance: {words.count(found.guidance, 'principle')}; see 'git ctx guide'")
    if found.last and not found.changed:
        lines.append("Nothing has changed since.")
    elif found.changed:
        changed = (f"{c.status + ':':<10} {escape(c.path, '')}" for c in found.changed)
        lines += ["Changed since:", *(f"\t{words.styled(line, fg='red')}" for line in changed)]
    if not found.last:
        lines.append('No prompt yet: git ctx prompt "what you want done"')
    return "\n".join(lines) + "\n"
