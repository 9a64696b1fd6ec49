"""A session told from its beginning: read from git, and looked through for secrets once more."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from git_ctx import codec
from git_ctx.errors import BrokenSession, SessionNotFound
from git_ctx.model import Context, EventName, Format, Oid, Prompt, Request, Save
from git_ctx.porcelain import beside, forks, settings
from git_ctx.porcelain.look import SUFFIXES
from git_ctx.porcelain.moment import where
from git_ctx.porcelain.plot import Plot
from git_ctx.safety import secrets
from git_ctx.store import events, objects, refs
from git_ctx.store.code import patches
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, entries
from git_ctx.store.trees import EMPTY_TREE
from git_ctx.story import Beside, Changes, Given, Line, Moment, Patch, Story
from git_ctx.value import dataclass

T = TypeVar("T")

MOST = 5000
"""How many moments are told, the latest: nobody reads more on a page."""
LARGEST = 200_000
"""Characters of one text; what is cut, `git ctx show` has."""
LARGEST_WORDS = 20_000_000
LARGEST_CONTENTS = 3_000_000
LARGEST_CHANGES = 3_000_000
"""Of all prompts and replies, of all that was sent, of all diffs. The latest come first."""
MOST_FILES = 300
"""Of one context, and of one list of changes."""
_AT_ONCE = 100
_COMPANIONS = ("request", "reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to tell beside prompts, replies and requests: the exact `contents` sent, and the `changes`."""

    contents: bool = True
    changes: bool = True


def story(repo: Repo, wanted: str | None, wish: Wish) -> Story:
    """All branches of a session, or the one that NAME@BRANCH names; else of the current session.

    Raises `SessionNotFound`, `NoSession`, `BrokenSession` where not even session.json can be read. Other
    damage is told in its place.
    """
    branches = _branches(repo, wanted)
    first = min(branches, key=lambda one: (one.branch.branch != repo.branch(), one.branch))
    told = _Teller(repo, branches, wish)
    moments = told.moments()
    session = codec.decode_session(events.session(repo, first.tip), str(first.branch))
    return Story(
        session=replace(session, name=first.branch.session),
        lines=tuple(_line(repo, one) for one in branches),
        moments=moments,
        nodes=told.plot.nodes(),
        pins=tuple(one.path for one in settings.pins(repo, first.tip)),
        principles=tuple((one.priority, told.safe(one.text)) for one in settings.principles(repo, first.tip)),
        left_out=told.left_out,
        redacted=tuple(told.rules),
    )


def _branches(repo: Repo, wanted: str | None) -> list[Listed]:
    exact = current.parse(wanted) if wanted else None
    name = exact.session if exact else wanted or forks.reading(repo, None).branch.session
    found = refs.listing(repo, refs.refname(exact) if exact else f"{refs.HEADS}{refs.check_name(name)}/")
    sound = sorted((one for one in found if one.problem is None), key=lambda one: one.branch)
    if found and not sound:
        raise BrokenSession(str(found[0].branch), found[0].problem or "")
    if not sound:
        raise SessionNotFound(wanted or name)
    return sound


def _line(repo: Repo, one: Listed) -> Line:
    fork = forks.own(repo, one.tip, one.branch)
    return Line(
        name=one.branch.branch,
        state=one.state,
        prompts=one.prompts,
        source=fork.source if fork else None,
    )


class _Room:
    """How many characters there is room for still."""

    def __init__(self, left: int) -> None:
        self._left = left

    def fits(self, text: str) -> bool:
        """Whether it does; then it is in."""
        fits = len(text) <= min(self._left, LARGEST)
        self._left -= len(text) if fits else 0
        return fits

    def cut(self, text: str) -> str:
        """As much of it as fits."""
        if self.fits(text):
            return text
        kept = text[: min(self._left, LARGEST)]
        self._left -= len(kept)
        return f"{kept}\n[… {len(text) - len(kept):,} more characters]"


class _Teller:
    """Reads what a story needs, each entry once."""

    def __init__(self, repo: Repo, branches: Sequence[Listed], wish: Wish) -> None:
        self._repo = repo
        self._wish = wish
        self._words, self._contents = _Room(LARGEST_WORDS), _Room(LARGEST_CONTENTS)
        self.rules: dict[str, None] = {}
        self._blobs: dict[EventName, Mapping[str, Oid]] = {}
        self._on: dict[EventName, list[str]] = {}
        for one in branches:
            for event, blobs in entries.events(repo, one.tip).items():
                self._blobs[event] = blobs
                self._on.setdefault(event, []).append(one.branch.branch)
        self._beside: dict[str | None, list[Beside]] = {}
        ordered = sorted(self._blobs)
        known = {event.id for event in ordered if event.type == "prompt"}
        companions = [event for event in ordered if event.type in _COMPANIONS]
        lone = [event for event in self._at_hand(companions) if not self._attach(event, known)]
        all = sorted([*(event for event in ordered if event.type not in _COMPANIONS), *lone])
        self.left_out = max(0, len(all) - MOST)
        self._events = all[self.left_out :]
        tips: dict[Oid, list[str]] = {one.tip: [] for one in branches}
        for one in branches:
            tips[one.tip].append(one.branch.branch)
        self.plot = Plot(list(entries.commits(repo, tips)), tips, self._events)

    def moments(self) -> tuple[Moment, ...]:
        latest = {event: self._moment(event) for event in self._at_hand(self._events[::-1])}
        told = {event: latest[event] for event in self._events}
        entries_of = {event: entry for event, (_, entry) in told.items() if entry is not None}
        changes = self._changes(entries_of) if self._wish.changes else {}
        return tuple(replace(moment, changes=changes.get(event)) for event, (moment, _) in told.items())

    def safe(self, text: str) -> str:
        """The text less what looks like a secret: another version, or person, may have let it through."""
        clean, rules = secrets.redact(text)
        self.rules.update(dict.fromkeys(rules))
        return clean

    def _at_hand(self, some: Sequence[EventName]) -> Iterator[EventName]:
        """The same; what is kept of each as JSON is asked for before it is taken."""
        for start in range(0, len(some), _AT_ONCE):
            taken = some[start : start + _AT_ONCE]
            kept = [entry for event in taken for entry in self._blobs[event].items()]
            objects.have_at_hand(self._repo, [oid for suffix, oid in kept if suffix.endswith(".json")])
            yield from taken

    def _read(self, event: EventName, suffix: str, decode: Callable[[bytes, str], T]) -> T | None:
        oid = self._blobs[event].get(suffix)
        return decode(objects.blob(self._repo, oid, where(event)), where(event)) if oid else None

    def _moment(self, event: EventName) -> tuple[Moment, Prompt | Save | None]:
        plain = Moment(event=event, on=tuple(self._on[event]))
        try:
            if event.type == "prompt":
                return self._prompt(event, plain)
            if event.type == "save":
                return self._save(event, plain)
            if event.type == "branch" and (fork := self._read(event, "branch.json", codec.decode_fork)):
                text = f"{fork.branch} from {fork.source}"
                return replace(plain, when=fork.made_at, author=fork.author, text=text), None
            return plain, None
        except BrokenSession as error:
            return replace(plain, problem=str(error), beside=self._came(event)), None

    def _prompt(self, event: EventName, plain: Moment) -> tuple[Moment, Prompt]:
        prompt = self._read(event, "prompt.json", codec.decode_prompt)
        if prompt is None:
            raise BrokenSession(where(event), "its prompt is missing")
        context = self._read(event, "context.json", codec.decode_context)
        moment = replace(
            plain,
            when=prompt.asked_at,
            author=prompt.author,
            text=self._said(prompt.text),
            git_branch=prompt.branch,
            base=prompt.base,
            conversation=told.conversation if (told := context or prompt.imported) else None,
            given=self._given(event, context.kind, context, SUFFIXES) if context else None,
            withheld=self._withheld(event),
            beside=self._came(event),
        )
        return moment, prompt

    def _save(self, event: EventName, plain: Moment) -> tuple[Moment, Save]:
        save = self._read(event, "save.json", codec.decode_save)
        if save is None:
            raise BrokenSession(where(event), "its save is missing")
        moment = replace(
            plain,
            when=save.saved_at,
            author=save.author,
            text=self._said(save.message),
            git_branch=save.branch,
            base=save.base,
            withheld=self._withheld(event),
        )
        return moment, save

    def _withheld(self, event: EventName) -> dict[str, str]:
        files = self._read(event, "files.json", codec.decode_files)
        return {state.path: state.withheld for state in files.states if state.withheld} if files else {}

    def _given(
        self, event: EventName, kind: str, what: Context | Request, suffixes: Mapping[Format, str]
    ) -> Given:
        content = None
        oid = self._blobs[event].get(suffixes[what.format]) if self._wish.contents else None
        if oid:
            text = objects.blob(self._repo, oid, where(event)).decode("utf-8", "replace")
            content = self.safe(text) if self._contents.fits(text) else None
        return Given(
            kind=kind,
            budget=what.budget,
            tokens=what.tokens,
            items=what.items[:MOST_FILES],
            more=len(what.items[MOST_FILES:]),
            content=content,
        )

    def _said(self, text: str) -> str:
        return self.safe(self._words.cut(text))

    def _came(self, event: EventName) -> tuple[Beside, ...]:
        return tuple(self._beside.get(event.id, ()))

    def _attach(self, event: EventName, known: set[str]) -> bool:
        """Put a reply or a request beside its prompt; False where it has none, or cannot be read."""
        try:
            reply = self._read(event, "reply.json", codec.decode_reply)
            if reply is not None:
                if reply.prompt not in known:
                    return False
                said = Beside(
                    event=event,
                    when=reply.replied_at,
                    author=reply.author,
                    text=self._said(reply.text),
                    asks=reply.asks,
                )
                self._beside.setdefault(reply.prompt, []).append(said)
                return True
            request = self._read(event, "request.json", codec.decode_request)
            if request is None or request.prompt not in known:
                return False
            asked = Beside(
                event=event,
                when=request.asked_at,
                author=request.author,
                asks=request.asks,
                given=self._given(event, "request", request, beside.SUFFIXES),
            )
            self._beside.setdefault(request.prompt, []).append(asked)
            return True
        except BrokenSession:
            return False

    def _changes(self, found: Mapping[EventName, Prompt | Save]) -> dict[EventName, Changes]:
        """What came of the files up to each moment, as far as both snapshots are here."""
        pairs: dict[EventName, tuple[EventName | None, patches.Pair]] = {}
        for event, entry in found.items():
            since = self.plot.before(event, lambda one: _tree(found.get(one)) is not None)
            old = _tree(found.get(since)) if since else entry.base or EMPTY_TREE
            if entry.snapshot and old:
                pairs[event] = since, (old, entry.snapshot)
        latest = list(reversed(pairs))
        shown = patches.between(
            self._repo, (pair for event in latest if (pair := pairs[event][1])[0] != pair[1])
        )
        room = _Room(LARGEST_CHANGES)
        return {
            event: self._changed(since, shown.get(pair, ()), room)
            for event, (since, pair) in ((event, pairs[event]) for event in latest)
            if pair in shown or pair[0] == pair[1]
        }

    def _changed(self, since: EventName | None, found: Sequence[Patch], room: _Room) -> Changes:
        told = tuple(
            replace(one, text=self.safe(one.text) if one.text and room.fits(one.text) else None)
            for one in found[:MOST_FILES]
        )
        return Changes(since=since, patches=told, more=len(found) - len(told))


def _tree(entry: Prompt | Save | None) -> Oid | None:
    return entry.snapshot if entry else None
