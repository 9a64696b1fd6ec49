"""git ctx import"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.transcripts import Taken

AGENTS = ("claude-code", "codex")


@click.command()
@click.argument("words", nargs=-1, metavar="FILE | AGENT FILE...", type=click.Path())
@click.option("--session", metavar="NAME[@BRANCH]", help="Add a transcript to this session.")
@click.option("--name", metavar="NAME", help="Name the session that is made of a transcript.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what of a transcript would be imported.")
@options.json
def command(
    words: tuple[str, ...], session: str | None, name: str | None, dry_run: bool, as_json: bool
) -> int:
    """Take in the sessions of a bundle, or of JSON, that 'git ctx export' wrote; or an agent's transcripts.

    Every object is checked. A session that is here already is united with what the bundle has of it.

    AGENT is claude-code or codex. Each transcript becomes an ended session with its prompts and replies, what
    the agent looked at and which files it changed; of a directory, all about this repository. Secrets
    are redacted. A transcript that has grown can be imported again: what is here already is not added twice,
    nor is what a hook has kept. Before the name of a bundle that is called like an agent, write './'.
    """
    from git_ctx.errors import UsageError

    if words and words[0] in AGENTS:
        return _transcripts(words, session, name, dry_run, as_json)
    if session or name or dry_run:
        raise UsageError("'--session', '--name' and '--dry-run' are for the transcripts of an agent")
    if len(words) != 1:
        raise UsageError(
            "say which file to import" if not words else f"no agent is named '{words[0]}'",
            "'git ctx import FILE', or 'git ctx import claude-code FILE...'",
        )
    return _bundle(words[0], as_json)


def _bundle(source: str, as_json: bool) -> int:
    from pathlib import Path

    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.porcelain.sharing.bundles import import_
    from git_ctx.safety.text import one_line
    from git_ctx.store import discover

    done = import_(discover.find(), Path(source), clock.now())
    if as_json:
        rows = [{"session": one.session, "branch": one.branch} for one in done.branches]
        output.json({"sessions": rows, "problems": dict(done.problems)})
    else:
        for branch in done.branches:
            output.result(one_line(f"{branch}: {'up to date' if branch in done.known else 'imported'}"))
        for name, why in done.problems.items():
            output.say(f"warning: '{name}' was left out: {why}")
    return int(bool(done.problems))


def _transcripts(
    named: tuple[str, ...], session: str | None, name: str | None, dry_run: bool, as_json: bool
) -> int:
    from git_ctx import clock
    from git_ctx.cli import output, words
    from git_ctx.errors import UsageError
    from git_ctx.porcelain import transcripts
    from git_ctx.store import discover
    from git_ctx.transcripts.agents import agent

    at, chosen = discover.find(), agent(named[0])
    found = transcripts.sources(at, chosen, list(named[1:]))
    if name and (session or len(found) > 1):
        raise UsageError("'--name' is for one transcript that gets a session of its own")
    wish = transcripts.Wish(session=session, name=name, dry_run=dry_run)
    taken: list[Taken] = []
    refused: dict[str, str] = {}
    empty = 0
    for source in found:
        try:
            done = transcripts.import_(at, chosen, source, wish, clock.now())
        except transcripts.EmptyTranscript:
            if len(found) == 1:
                raise
            empty += 1
            continue
        except transcripts.UnreadableTranscript as error:
            if len(found) == 1:
                raise
            refused[str(source)] = str(error)
            continue
        taken.append(done)
        if not as_json:
            _tell(done, dry_run)
    for why in refused.values():
        output.say(f"warning: {why}")
    if empty and not as_json:
        output.say(f"nobody asked anything in {words.count(empty, 'further file')}")
    if as_json:
        output.json({"transcripts": [_as_json(one) for one in taken], "problems": refused})
    elif any(one.fresh for one in taken) and not dry_run:
        output.say(
            "imported sessions are ended: 'git ctx log --session NAME' shows one, 'reopen' takes it up again"
        )
    return int(bool(refused) or any(one.damaged for one in taken))


def _tell(done: "Taken", dry_run: bool) -> None:
    from git_ctx.cli import output, words
    from git_ctx.safety.text import one_line

    counts = ((done.prompts, "prompt"), (done.requests, "request"))
    told = [words.count(number, name) for number, name in counts if number]
    if done.replies:
        told.append("1 reply" if done.replies == 1 else f"{done.replies:,} replies")
    doing = "would import" if dry_run else "imported"
    output.result(one_line(f"{done.branch}: {f'{doing} ' + ', '.join(told) if told else 'up to date'}"))
    for problem in done.problems:
        output.say(f"warning: '{done.path}', {problem}; skipped")
    if done.damaged > len(done.problems):
        output.say(f"warning: '{done.path}': {done.damaged - len(done.problems):,} more lines skipped")
    if done.elsewhere:
        output.say(f"warning: '{done.path}' tells of work in '{done.elsewhere}'")


def _as_json(done: "Taken") -> dict[str, object]:
    return {
        "path": done.path,
        "conversation": done.conversation,
        "session": done.branch.session if done.branch else None,
        "branch": done.branch.branch if done.branch else None,
        "prompts": done.prompts,
        "requests": done.requests,
        "replies": done.replies,
        "known": done.known,
        "damaged": done.damaged,
        "problems": list(done.problems),
        "elsewhere": done.elsewhere,
    }
