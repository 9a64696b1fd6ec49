"""git ctx forget"""

from typing import TYPE_CHECKING, Literal

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.tending.forget import Found, Session
    from git_ctx.store.repo import Repo

    Kind = Literal["text", "path", "revision"]


@click.command()
@click.argument("what", metavar="[TEXT | PATH | REV | -]", required=False)
@click.option("--text", "kind", flag_value="text", help="It is a text, whatever it looks like.")
@click.option("--path", "kind", flag_value="path", help="It is a file or a folder.")
@click.option("--rev", "kind", flag_value="revision", help="It is a revision.")
@click.option("-F", "--file", "source", metavar="FILE", type=click.Path(), help="Read the text from FILE.")
@click.option("--purge", is_flag=True, help="Empty the reflogs of what others had forgotten.")
@options.session
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be forgotten.")
@options.yes
@options.json
def command(
    what: str | None,
    kind: "Kind | None",
    source: str | None,
    purge: bool,
    session: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Take something out of every session, snapshot and mirror here, for good, and say where it was.

    A TEXT gives way to '[forgotten]' in prompts, contexts, replies and requests, and files that have it go
    from snapshots. A PATH goes from snapshots, and with it the contexts that showed it. Of a REV all goes:
    text, context, files, and what was answered and asked for. What held it goes when git next prunes. It
    stays forgotten, whoever brings it back; remotes and other clones keep it until they are told.

    '-' or -F FILE keeps a text out of the shell's history.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.store import discover

    at = discover.find()
    now = clock.now()
    if purge:
        return _purge(at, now, bool(what or source or kind), as_json)
    from git_ctx.cli.confirm import confirm
    from git_ctx.errors import UsageError
    from git_ctx.porcelain.tending import forget as verb
    from git_ctx.porcelain.tending import sought

    words, kind = _words(what, source, kind)
    wish = sought.wish(at, _from_the_top(at, words), session, kind)
    if wish.kind == "text" and len(words) < 3:
        raise UsageError("that text is too short", "what is forgotten has three characters at least")
    found = verb.look(at, wish)
    if dry_run or not found.sessions:
        # What a run that was cut off left is finished all the same.
        done = found if dry_run else verb.forget(at, wish, now)
        return _told(done, as_json, dry_run)
    for line in () if as_json and yes else _listing(found):
        output.say(line)
    if not confirm("Forget it, for good?", "forgetting", yes):
        output.say("nothing was forgotten")
        return 1
    return _told(verb.forget(at, wish, now), as_json, dry_run)


def _from_the_top(at: "Repo", words: str) -> str:
    """A file that is there, as sessions name it, wherever in the work tree the command was given."""
    import os
    from pathlib import Path

    if at.work_tree is None or "\n" in words or len(words) > 4000 or not Path(words).name:
        return words
    full = Path(os.path.realpath(Path(words).parent), Path(words).name)
    if not os.path.lexists(full):
        return words
    inside = os.path.relpath(full, at.work_tree.resolve())
    return words if inside == "." or inside.startswith("..") else inside


def _words(what: str | None, source: str | None, kind: "Kind | None") -> "tuple[str, Kind | None]":
    from git_ctx.cli.asked import prompt_text

    words = prompt_text((what,) if what else (), source, "text")
    if kind is None and (source is not None or what in (None, "-")):
        kind = "text"
    return words, kind


def _purge(at: "Repo", now: object, more: bool, as_json: bool) -> int:
    from datetime import datetime

    from git_ctx.cli import output, words
    from git_ctx.errors import UsageError
    from git_ctx.porcelain.tending.forget import purge

    if more:
        raise UsageError("--purge stands alone")
    assert isinstance(now, datetime)
    purged = purge(at, now)
    if as_json:
        output.json({"purged": list(purged)})
    else:
        output.say(f"emptied the reflogs of {words.count(len(purged), 'session')}")
    return 0


def _told(done: "Found", as_json: bool, dry_run: bool) -> int:
    from git_ctx.cli import output, words

    if as_json:
        output.json(_as_json(done))
    elif done.finished and not done.sessions:
        entries = words.count(done.finished, "entry", "entries")
        output.result(f"Forgotten, as an earlier run had begun to: {entries}.")
    elif not done.sessions:
        output.say(f"no session here has that {'file' if done.wish.kind == 'path' else done.wish.kind}")
    elif dry_run:
        output.result("\n".join(_listing(done)))
    else:
        many = sum(len(one.events) + len(one.settings) for one in done.sessions)
        here = words.count(len(done.sessions), "session")
        output.result(f"Forgotten, in {words.count(many, 'event')} of {here}.")
    for problem in done.problems:
        output.say(f"warning: not looked into: {problem}")
    if not dry_run:
        _rest(done)
    return int(bool(done.problems) or not (done.sessions or done.finished))


def _rest(done: "Found") -> None:
    """What still has it, and what to do about that."""
    from git_ctx.cli import output
    from git_ctx.safety.text import one_line

    if done.sessions:
        output.say("note: git keeps the old objects until it prunes: 'git gc' does, after gc.pruneExpire")
    for one in done.sessions:
        for remote, branch in one.mirrored:
            how = f"'git ctx push {remote} --replace --session {branch}'"
            output.say(one_line(f"note: '{remote}' still has it; {how} puts what is here in its place"))
    if done.sessions:
        output.say("note: clones that pull forget it, too; bundles, exports and copies do not")
    if done.yours:
        output.say("note: commits of yours, or the index, have that path: those are git's to rewrite")
    if done.sessions and done.still:
        some = ", ".join(f"'{one_line(path)}'" for path in done.still[:5])
        more = f" and {len(done.still) - 5:,} more" if len(done.still) > 5 else ""
        output.say(f"note: the work tree has it still, the next prompt keeps it again: {some}{more}")
    for name in done.names:
        output.say(one_line(f"note: the name of '{name}' has it and stays"))


def _listing(found: "Found") -> list[str]:
    return [line for one in found.sessions for line in _lines(one)]


def _lines(one: "Session") -> list[str]:
    from git_ctx.cli import words
    from git_ctx.safety.text import one_line

    where = ", ".join(one.branches) or f"mirrored from {', '.join(one.remotes)}"
    lines = [f"In session '{one.name}' ({one_line(where)}):"]
    for event, suffixes in one.events:
        lines.append(f"- {event.type} #{event.clock} {event.id}: {', '.join(suffixes)}")
    lines += [f"- setting of {key}" for key in one.settings]
    if one.snapshots:
        files = ", ".join(one_line(path) for path in one.files[:5])
        more = f" and {len(one.files) - 5:,} more" if len(one.files) > 5 else ""
        lines.append(f"- {words.count(one.snapshots, 'snapshot')}: {files}{more}")
    return lines


def _as_json(done: "Found") -> dict[str, object]:
    return {
        "kind": done.wish.kind,
        "sessions": [
            {
                "session": one.name,
                "id": one.id,
                "branches": list(one.branches),
                "events": [
                    {"id": event.id, "clock": event.clock, "type": event.type, "entries": list(suffixes)}
                    for event, suffixes in one.events
                ],
                "settings": list(one.settings),
                "snapshots": one.snapshots,
                "files": list(one.files),
                "remotes": list(one.remotes),
            }
            for one in done.sessions
        ],
        "names": list(done.names),
        "yours": done.yours,
        "still": list(done.still),
        "finished": done.finished,
        "problems": list(done.problems),
    }
