"""The commit of code that a new git branch starts at, to have the files of an earlier prompt."""

from dataclasses import dataclass

from git_ctx import codec
from git_ctx.errors import DifferentSessions, FilesMissing, GitFailed, NoPrompt
from git_ctx.model import EventName, Oid, Prompt, Save, SessionBranch
from git_ctx.porcelain import moment
from git_ctx.porcelain.here import Here
from git_ctx.safety import paths
from git_ctx.store import events, objects, refs, trees
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where both branches begin: a commit of code (`fresh`: made for this), and one of a session branch."""

    commit: Oid
    fresh: bool
    source: SessionBranch
    at: Oid
    withheld: tuple[str, ...] = ()


def start_at(repo: Repo, here: Here, revision: str) -> Start:
    """The start for a revision of the session at hand.

    Raises `FilesMissing`, `NoPrompt`, `DifferentSessions`, `UnsafePath`, and what resolving it raises.
    """
    found = revisions.resolve(repo, revision, here.branch, repo.branch())
    if events.session_id(repo, found.commit) != events.session_id(repo, here.tip):
        raise DifferentSessions(str(here.branch), revision)
    event = next((one for one in events.events(repo, found.commit) if one.type in moment.TYPES), None)
    if event is None:
        raise NoPrompt(revision)
    asked = moment.read(repo, found.commit, event)
    commit, fresh = _commit(repo, revision, event, asked)
    return Start(
        commit=commit,
        fresh=fresh,
        source=found.branch or _holder(repo, here, found.commit),
        at=found.commit,
        withheld=_withheld(repo, found.commit, event),
    )


def _commit(repo: Repo, revision: str, event: EventName, asked: Prompt | Save) -> tuple[Oid, bool]:
    if asked.snapshot is None:
        imported = isinstance(asked, Prompt) and asked.imported
        why = "it was imported from a transcript" if imported else "its run was cut off before they were kept"
        raise FilesMissing(revision, why)
    if asked.base is not None and repo.run("cat-file", "-e", f"{asked.base}^{{commit}}").status:
        raise FilesMissing(revision, f"git does not have its base, commit {asked.base[:12]}")
    if asked.base is not None and _tree(repo, asked.base) == asked.snapshot:
        return asked.base, False
    try:
        for path in trees.contents(repo, asked.snapshot):
            paths.check(path)
    except GitFailed:
        raise FilesMissing(revision, "their snapshot was dropped, or never came along") from None
    return _write(repo, event, asked, asked.snapshot), True


def _tree(repo: Repo, commit: Oid) -> Oid:
    return repo.git("rev-parse", "--verify", f"{commit}^{{tree}}").decode().strip()


def _write(repo: Repo, event: EventName, asked: Prompt | Save, tree: Oid) -> Oid:
    signed = ("-S",) if repo.config_bool("commit.gpgSign", False) else ()
    parent = ("-p", asked.base) if asked.base is not None else ()
    text = f"the files as they were at {event.type} #{event.clock}\n"
    text += f"\nCtx-Prompt: {event.id}\n" if isinstance(asked, Prompt) else ""
    return repo.git("commit-tree", *signed, *parent, tree, input=text.encode()).decode().strip()


def _holder(repo: Repo, here: Here, commit: Oid) -> SessionBranch:
    """The session branch to call the source: the one at hand where it has the commit, else one that has."""
    others = refs.listing(repo, f"{refs.HEADS}{here.branch.session}/")
    tips = [(here.branch, here.tip), *((one.branch, one.tip) for one in others if one.problem is None)]
    return next((branch for branch, tip in tips if objects.contains(repo, tip, commit)), here.branch)


def _withheld(repo: Repo, commit: Oid, event: EventName) -> tuple[str, ...]:
    data = events.read(repo, commit, event, "files.json")
    states = codec.decode_files(data, f"#{event.clock} {event.id}").states if data is not None else ()
    return tuple(state.path for state in states if state.withheld)
