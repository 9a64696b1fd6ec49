"""git ctx why"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.why import Behind, Why


@click.command()
@click.argument("what", metavar="PATH[:LINE[-LINE]] | COMMIT")
@options.json
def command(what: str, as_json: bool) -> int:
    """Show the prompts behind a line, a file or a commit, the best first, and how that is known.

    \b
    certain    the commit names the prompt, or was recorded when it was made
    likely     its files or its change are those of one that was, or of a snapshot
    possible   its author had asked the prompt last

    'git ctx hook install git' has commits name their prompts, and be recorded; without it, the sessions
    alone tell. Amended, rebased, squashed and copied commits lead back to theirs. Exits with 1 where
    nothing is known.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.cli.terminal import paged
    from git_ctx.porcelain.why import target, why
    from git_ctx.store import discover

    at = discover.find()
    found = why(at, target(at, what), clock.now())
    if as_json:
        output.json(_as_json(found))
    elif found.behind:
        with paged(at, "log"):
            output.result("\n".join(_told(found)) + "\n")
    else:
        output.say(f"nothing is known of what is behind '{what}'")
    if found.unknown and not as_json:
        named = ", ".join(found.unknown[:3]) + (", …" if len(found.unknown) > 3 else "")
        output.say(f"hint: a prompt that is named is not here ({named}); 'git ctx pull' may bring it")
    return 0 if found.behind else 1


def _told(found: "Why") -> list[str]:
    from git_ctx.cli import words

    lines = []
    for commit, count in found.commits[:5]:
        number = f" ({words.count(count, 'line')})" if len(found.lines) > 1 else ""
        lines.append(f"{words.heading(f'commit {commit.oid[:12]}')} {words.title(commit.subject)}{number}")
    if len(found.commits) > 5 or found.left_out:
        lines.append(f"and {words.count(len(found.commits) - 5 + found.left_out, 'commit')} more")
    if found.uncommitted:
        number = f" ({words.count(found.uncommitted, 'line')})" if len(found.lines) > 1 else ""
        lines.append(f"not committed yet{number}")
    if len(found.lines) == 1:
        lines.append(f"    {words.title(found.lines[0].text, 100)}")
    for one in found.behind:
        lines += ["", *_prompt(one, len(found.lines))]
    return lines


def _prompt(one: "Behind", asked: int) -> list[str]:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    number = f", {words.count(one.lines, 'line')}" if one.lines and asked > 1 else ""
    place = f"prompt #{one.event.clock} {one.event.id} of {escape(str(one.branch), '')}"
    text = one.prompt.text.strip().split("\n")
    shown = [f"    {escape(line)}".rstrip() for line in text[:5]]
    return [
        f"{words.heading(place)}: {one.sure}{number}",
        *(f"  {words.title(clue.words, 100)}" for clue in one.clues),
        f"  {words.title(one.prompt.author)}, {words.time(one.prompt.asked_at)}",
        "",
        *shown,
        *(["    …"] if len(text) > 5 else []),
    ]


def _as_json(found: "Why") -> dict[str, object]:
    from git_ctx.cli import words

    at = found.target
    return {
        "path": at.path,
        "first": at.first,
        "last": at.last,
        "commits": [
            {"commit": one.oid, "subject": one.subject, "lines": count} for one, count in found.commits
        ],
        "uncommitted": found.uncommitted,
        "left_out": found.left_out,
        "prompts": [
            {
                "session": one.branch.session,
                "branch": one.branch.branch,
                "event": one.event.clock,
                "sure": one.sure,
                "lines": one.lines,
                "clues": [{"how": clue.how, "words": clue.words} for clue in one.clues],
                "prompt": words.prompt_json(one.prompt),
            }
            for one in found.behind
        ],
        "unknown": list(found.unknown),
    }
