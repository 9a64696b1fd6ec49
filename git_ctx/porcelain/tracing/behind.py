"""Which prompts are behind commits of code, and how that is known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from git_ctx.errors import CtxError, GitFailed
from git_ctx.model import EventName, Link, Oid, Prompt, SessionBranch
from git_ctx.porcelain import moment
from git_ctx.porcelain.tracing.timeline import Timeline
from git_ctx.store.code import codelog, linked, patchids
from git_ctx.store.code.codelog import CodeCommit
from git_ctx.store.code.linked import Recorded
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

Sure = Literal["certain", "likely", "possible"]
How = Literal[
    "trailer", "recorded", "tree", "patch", "squash", "line", "files", "base", "merged", "time", "last"
]

SURE: Mapping[How, Sure] = {
    "trailer": "certain",
    "recorded": "certain",
    "line": "likely",
    "tree": "likely",
    "patch": "likely",
    "squash": "likely",
    "base": "likely",
    "files": "likely",
    "merged": "likely",
    "time": "possible",
    "last": "possible",
}
_ORDER = ("certain", "likely", "possible")
_MOST_FILES = 30
_MOST_MERGED = 50
_SOON = 24 * 3600
"""Seconds within which work on a prompt is committed, mostly."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where a prompt stands."""

    branch: SessionBranch
    event: EventName
    tip: Oid


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """How it is known that a prompt is behind something, in a word and in words."""

    how: How
    words: str

    @property
    def sure(self) -> Sure:
        return SURE[self.how]


Clues = dict[str, list[Clue]]
"""By prompt, its id."""


def surest(clues: Iterable[Clue]) -> Sure:
    return min((clue.sure for clue in clues), key=_ORDER.index)


class Sessions:
    """The sessions that are here, as far as they were asked about."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.tips = linked.tips(repo)
        self._lines: dict[Oid, Timeline] = {}
        self._places: dict[str, Place | None] = {}
        self._naming: dict[Oid | None, list[tuple[Oid, EventName]]] = {}

    def line(self, tip: Oid) -> Timeline:
        if tip not in self._lines:
            self._lines[tip] = Timeline(self.repo, tip)
        return self._lines[tip]

    def places(self, ids: Iterable[str]) -> dict[str, Place]:
        """Where these prompts stand, those that are here; of several branches, the one they were asked on."""
        wanted = list(ids)
        unknown = {id for id in wanted if id not in self._places}
        found: dict[str, Place | None] = dict.fromkeys(unknown)
        for tip, event in linked.prompts(self.repo, self.tips, unknown) if unknown else ():
            place = Place(branch=self.tips[tip], event=event, tip=tip)
            if found.get(event.id) is None or self._asked_on(place):
                found[event.id] = place
        self._places |= found
        return {id: known for id in wanted if (known := self._places[id]) is not None}

    def look_up(self, commits: Iterable[CodeCommit]) -> None:
        """Look for the prompts and saves that name these commits, all at once."""
        wanted = {oid for one in commits for oid in (one.oid, one.tree)}
        for tip, event in linked.naming(self.repo, self.tips, wanted):
            entry = self.line(tip).read(event)
            for oid in {entry.base, entry.snapshot} & wanted if entry else ():
                self._naming.setdefault(oid, []).append((tip, event))

    def naming(self, one: CodeCommit) -> list[tuple[Oid, EventName]]:
        """Those that have it as their base, or its files; of what was looked up."""
        return [*self._naming.get(one.oid, ()), *self._naming.get(one.tree, ())]

    def _asked_on(self, place: Place) -> bool:
        one = self.line(place.tip).read(place.event)
        return isinstance(one, Prompt) and one.branch == place.branch.branch


def behind(sessions: Sessions, commits: Sequence[CodeCommit]) -> dict[Oid, Clues]:
    """The clues for each commit; what is less sure is looked for only where nothing else is known."""
    found: dict[Oid, Clues] = {one.oid: {} for one in commits}
    ids = _patches(sessions.repo, commits)
    wanted = {oid for one in commits for oid in (one.oid, one.tree, ids.get(one.oid)) if oid}
    records = list(linked.recorded(sessions.repo, sessions.tips, wanted))
    for one in commits:
        clues = found[one.oid]
        for id in linked.in_message(one.message):
            _add(clues, id, Clue(how="trailer", words="the commit names it"))
        for find in (_by_record, _by_change, _by_tree):
            if find is _by_record or not clues:
                find(sessions, one, ids.get(one.oid), records, clues)
    rest = [one for one in commits if not found[one.oid]]
    sessions.look_up(rest)
    for one in rest:
        clues = found[one.oid]
        for guess in (_by_merge, _by_name, _by_copy, _by_files, _by_squash, _by_time):
            if not clues:
                guess(sessions, one, ids.get(one.oid), clues)
    return found


def _add(clues: Clues, id: str, clue: Clue) -> None:
    known = clues.setdefault(id, [])
    if all(each.how != clue.how for each in known):
        known.append(clue)


def _patches(repo: Repo, commits: Iterable[CodeCommit]) -> dict[Oid, Oid]:
    """The patch ids of those that are no merges."""
    pairs = [(one.oid, one.parent) for one in commits if len(one.parents) < 2]
    try:
        return patchids.patch_ids(repo, pairs)
    except GitFailed:  # a shallow or partial clone
        return {}


def _by_record(
    sessions: Sessions, one: CodeCommit, patch: Oid | None, records: Iterable[Recorded], clues: Clues
) -> None:
    for link in (record.link for record in records):
        if link.commit == one.oid or one.oid in link.rewritten:
            for id in link.prompts:
                _add(clues, id, Clue(how="recorded", words="the commit was recorded when it was made"))


def _by_change(
    sessions: Sessions, one: CodeCommit, patch: Oid | None, records: Iterable[Recorded], clues: Clues
) -> None:
    """A commit that was copied, or several that became one."""
    for record in records if patch is not None else ():
        link = record.link
        if patch == link.combined:
            _squashed(sessions, record, clues)
        elif patch == link.patch:
            words = f"the commit changes the same as {link.commit[:12]} did, which was made then"
            for id in link.prompts:
                _add(clues, id, Clue(how="patch", words=words))


def _by_tree(
    sessions: Sessions, one: CodeCommit, patch: Oid | None, records: Iterable[Recorded], clues: Clues
) -> None:
    """Several commits that became one, or changes that look different from where they are now."""
    same = [record for record in records if record.link.tree == one.tree]
    if not same or one.tree in codelog.trees_before(sessions.repo, one):  # back to what was before
        return
    for record in same:
        words = f"the commit has the same files as {record.link.commit[:12]} had, which was made then"
        for each in _line_of(sessions, record) if record.link.parent != one.parent else [record.link]:
            for id in each.prompts:
                _add(clues, id, Clue(how="tree", words=words))


def _squashed(sessions: Sessions, record: Recorded, clues: Clues) -> None:
    line = _line_of(sessions, record)
    words = f"the commit changes the same as {len(line)} commits of the session together"
    for link in reversed(line):
        for id in link.prompts:
            _add(clues, id, Clue(how="squash", words=words))


def _line_of(sessions: Sessions, record: Recorded) -> list[Link]:
    """The unbroken line of commits that one ends, the first of them first."""
    since = record.link.since
    if since is None:
        return [record.link]
    same = linked.recorded(sessions.repo, {record.tip: record.branch}, {since})
    found = {one.link.commit: one.link for one in same if since in (one.link.since, one.link.parent)}
    line = [record.link]
    while line[0].parent in found and len(line) < len(found):
        line.insert(0, found[line[0].parent])
    return line


def _by_merge(sessions: Sessions, one: CodeCommit, patch: Oid | None, clues: Clues) -> None:
    """Of a merge, what is behind the commits that it brought in."""
    merged = codelog.merged(sessions.repo, one, _MOST_MERGED) if len(one.parents) > 1 else []
    for oid, each in behind(sessions, [each for each in merged if len(each.parents) < 2]).items():
        for id in each:
            _add(clues, id, Clue(how="merged", words=f"the commit merges {oid[:12]}, which it is behind"))


def _by_name(sessions: Sessions, one: CodeCommit, patch: Oid | None, clues: Clues) -> None:
    """Prompts that had just these files, or this commit as their base: what was asked before is behind it."""
    first: dict[str, tuple[Oid, EventName]] = {}
    for tip, event in sessions.naming(one):
        name = sessions.tips[tip].session
        if name not in first or event < first[name][1]:
            first[name] = (tip, event)
    for tip, event in first.values():
        line = sessions.line(tip)
        before = line.prompt_before(event)
        entry = line.read(event)
        if before is None or entry is None:
            continue
        if entry.snapshot == one.tree and entry.base != one.oid:
            if one.tree in codelog.trees_before(sessions.repo, one):
                continue
            words = f"the files of the commit were first seen after it, with {event.type} #{event.clock}"
            _add(clues, before.id, Clue(how="tree", words=words))
        elif _made_after(line, before, one):
            words = f"the commit was made after it and before {event.type} #{event.clock}"
            _add(clues, before.id, Clue(how="base", words=words))


def _made_after(line: Timeline, event: EventName, one: CodeCommit) -> bool:
    """Whether somebody who had asked a prompt on another commit made this one."""
    asked = line.read(event)
    return (
        isinstance(asked, Prompt)
        and asked.base != one.oid
        and asked.author in one.people
        and line.time(event) <= one.time
    )


def _by_files(sessions: Sessions, one: CodeCommit, patch: Oid | None, clues: Clues) -> None:
    """Files that a prompt or a save had just as the commit has them: what was asked before made them so."""
    changed = codelog.changed(sessions.repo, one)
    some = dict(list(changed.items())[:_MOST_FILES])
    seen: dict[str, dict[str, EventName]] = {}
    for tip, event, path in linked.states(sessions.repo, sessions.tips, some):
        before = sessions.line(tip).prompt_before(event)
        if before is None or sessions.line(tip).time(before) > one.time:
            continue
        paths = seen.setdefault(sessions.tips[tip].session, {})
        if path not in paths or before < paths[path]:
            paths[path] = before
    for paths in seen.values():
        for path, before in sorted(paths.items(), key=lambda each: each[1], reverse=True):
            words = f"'{path}' was first seen so after it"
            _add(clues, before.id, Clue(how="files", words=words))


def _by_copy(sessions: Sessions, one: CodeCommit, patch: Oid | None, clues: Clues) -> None:
    """A commit that changes the same as one that was made between two prompts."""
    for tip in sessions.tips if patch is not None else ():
        line = sessions.line(tip)
        for old, new, event in line.steps(one.time) if line.is_near(one) else ():
            made = codelog.between(sessions.repo, old, new)
            ids = patchids.patch_ids(sessions.repo, ((each.oid, each.parent) for each in made))
            for oid in (oid for oid, known in ids.items() if known == patch):
                words = f"the commit changes the same as {oid[:12]} did, which was made after it"
                _add(clues, event.id, Clue(how="patch", words=words))
                return


def _by_squash(sessions: Sessions, one: CodeCommit, patch: Oid | None, clues: Clues) -> None:
    """A change that is all that some commits of a session changed, or all that it had not committed."""
    if patch is None:
        return
    paths = frozenset(codelog.changed_paths(sessions.repo, one))
    for tip in sessions.tips:
        line = sessions.line(tip)
        if not line.is_near(one):
            continue
        for old, new, prompts in line.spans(one.time):
            if codelog.paths_between(sessions.repo, old, new) != paths:
                continue
            if patchids.patch_id(sessions.repo, old, new) == patch:
                for event in reversed(prompts):
                    words = "the commit changes all that had been changed in the session, and no more"
                    _add(clues, event.id, Clue(how="squash", words=words))
                return


def _by_time(sessions: Sessions, one: CodeCommit, patch: Oid | None, clues: Clues) -> None:
    """The prompt that the author of the commit had asked last, on a commit shortly before it."""
    recent: frozenset[Oid] | None = None
    best: tuple[int, EventName] | None = None
    for tip in sessions.tips:
        line = sessions.line(tip)
        event = line.last_before(one.time) if line.is_near(one) else None
        asked = line.read(event) if event is not None else None
        if event is None or not isinstance(asked, Prompt) or asked.author not in one.people:
            continue
        recent = codelog.ancestors(sessions.repo, one) if recent is None else recent
        when = line.time(event)
        if when >= max(one.time - _SOON, best[0] if best else 0) and line.stands_on(recent, event):
            best = (when, event)
    if best is not None:
        words = "the author of the commit had asked it last then"
        _add(clues, best[1].id, Clue(how="time", words=words))


def ordered(places: Mapping[str, Place], clues: Clues) -> Iterator[tuple[Place, list[Clue]]]:
    """The prompts that are here with their clues, the surest first, then the newest."""
    known = [(places[id], each) for id, each in clues.items() if id in places]
    known.sort(key=lambda one: (one[0].event, one[0].branch), reverse=True)
    yield from sorted(known, key=lambda one: (all(c.how != "line" for c in one[1]), rank(one[1])))


def rank(clues: Iterable[Clue]) -> int:
    """Less is surer."""
    return _ORDER.index(surest(clues))


def read(place: Place, sessions: Sessions) -> Prompt | None:
    """A prompt; None where it cannot be read."""
    try:
        entry = moment.read(sessions.repo, place.tip, place.event)
    except CtxError:
        return None
    return entry if isinstance(entry, Prompt) else None
