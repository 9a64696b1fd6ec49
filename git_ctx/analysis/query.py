"""A prompt, parsed: its words by weight, the names and paths that it spells, its stack frames and quotes."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from git_ctx.analysis.stopwords import BOILERPLATE, NAMED_IN_CODE, STOPWORDS
from git_ctx.pattern import lazily
from git_ctx.value import dataclass

LONGEST = 64_000
"""Characters of a prompt that are looked at; what is past them is a log."""

_LONGEST_NAME = 150
"""A longer word is data that was pasted; looking for it costs the square of its length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A line of a stack trace: the path as spelled there, and what it ran.

    Java's name no folder; there the path is made of the class's package.
    """

    path: str
    line: int | None
    function: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a prompt asks about. Weights are above 0; a title's word weighs more than a log's.

    `terms`: lower-case words and the parts of identifiers. `names`: identifiers as spelled.
    `paths`: those that are spelled outside of stack traces. `owners`: those of a member that the title
    names, `Owner#member`.
    `frames`: of each trace, where it happened first, then what led there.
    """

    terms: dict[str, float]
    names: dict[str, float]
    pairs: dict[str, float]
    paths: tuple[str, ...]
    owners: tuple[str, ...]
    frames: tuple[Frame, ...]
    quoted: tuple[str, ...]


_WEIGHTS = {"title": 3.0, "prose": 1.0, "inline": 1.6, "code": 0.5, "trace": 0.4, "aside": 0.3}
"""An aside is a heading, a checklist, a table, and what a section says of the reporter's machine."""

_COMMON = 0.05

_SPOKEN = frozenset({"title", "prose", "aside"})

_FENCE = lazily(r"^[ ]{0,3}(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ ]{0,3}\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_COMMENT = lazily(r"<!--.*?(?:-->|\Z)", re.S)
_URL = lazily(r"\b(?:https?|ftp)://[^\s<>()\"'`\]]+")
_IN_URL = lazily(r"/(?:blob|tree|raw|blame|src)/[^/\s]+/([^\s#?]+)")
_PICTURE = lazily(r"(?<!`)(?:!\[[^\]\n]{0,200}\]\([^()\s]{1,500}\)|<img\s[^<>]{0,500}>)")
"""A picture in a text. What it is called, and how wide it is, says nothing."""
_INLINE = lazily(r"`([^`\n]{1,200})`")
_QUOTED = lazily(r"\"([^\"\n]{4,120})\"|(?<!\w)'([^'\n]{4,120})'(?!\w)|`([^`\n]{4,120})`")
_HEADING = lazily(r"(?:#{1,6}[ \t]+.*|\*\*[^*\n]{1,80}\*\*:?)$")
_ASIDE = lazily(
    r"[ \t]*(?:[-*][ \t]+\[[ xX]?\]|\|)"
    r"|[ \t>*|-]*[\w./@ -]{1,40}[:= ][ \t]*[`'\"]?v?\d+(?:\.\d+)+[^\s,;]{0,40}[.,;`'\"]?[ \t]*$"
)
"""A line of a checklist or a table, and one that only says which version of something there is."""
_MACHINE = lazily(
    r"(?i)\b(?:versions?|environment|operating system|os|platform|browser|system info\w*|"
    r"(?:did|do) you install|installed|checklist|specs?|software)\b"
)
_LISTED = lazily(r"[ \t]*(?:[-*+|]|\d+[.)])")
"""A line of a list or a table."""
_SENTENCE = lazily(r"(?![-*+|>])\S+[ \t]+(?:[^\s:=\d]+[ \t]+){5}")
"""Where somebody writes, and lists no more."""
_IDENTIFIER = lazily(r"[^\W\d][\w$]*(?:(?:\.|::|->|#)[^\W\d][\w$]*)*")
_HYPHENED = lazily(r"(?<![\w-])[^\W\d_]\w*(?:-[^\W_]+)+(?![\w-])|(?<=--)[^\W\d_]\w*(?:-[^\W_]+)+")
_PAIR = lazily(r"(?<![\w-])([A-Za-z]{3,})(?= ([A-Za-z]{3,})(?![\w-]))")
_BEGINS = lazily(r"(?:\A|[\n.!?:])[\s>*_\"'(\[`-]*\Z")
_WORD = lazily(r"[^\W\d_]{3}")
_NAME = lazily(r"[\w$.:#@]+(?:\(\))?")
_PART = lazily(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_PATH = lazily(
    r"(?<![\w/.@\\-])(?:[A-Za-z]:)?[.~]{0,2}[/\\]?(?:[\w.+@-]{1,100}[/\\]){1,30}[\w.+@-]{1,150}"
    r"|(?<![\w.-])[\w-]{1,100}(?:\.[\w-]{1,40}){0,4}\.[a-z]{1,5}\b"
)
_MEMBER = lazily(r"(?<![\w.$/])([A-Z]\w{1,100})(?:#|::|\.|->)[A-Za-z_]\w*")
_PACKAGE = lazily(r"(?:[^/\s]*/)*((?:[a-z_][\w$]*\.)+)")
_AT = lazily(r"[ \t>]{0,40}at (?:\w{1,20} )?[\w$.<>/\[\]]{1,200} ?\([^()\s]{1,300}:\d+\)")
"""A frame as Java and JavaScript print it, quoted or no longer indented."""
_FRAMES = (  # Python's first: it alone says last where it happened
    lazily(r'File "(?P<path>[^"\n]{1,300})", line (?P<line>\d+)(?:, in (?P<function>[\w<>.]+))?'),
    lazily(r"^[ \t>]{0,40}at (?:(?P<function>[\w$.<>\[\] ]{1,120}) )?\(?(?:file://)?(?P<path>[^\s():]{1,300}\.\w{1,5}):(?P<line>\d+)(?::\d+)?\)?", re.M),
    lazily(r"^[ \t>]{0,40}at (?P<function>[\w$.<>/]{1,200})\((?P<path>[\w$]{1,100}\.(?:java|kt|scala)):(?P<line>\d+)\)", re.M),
    lazily(r"^[ \t>]{0,40}(?:from )?(?P<path>[^\s:'\"]{1,300}\.\w{1,5}):(?P<line>\d+)(?::in [`'](?P<function>[^'\n]{1,100})')?", re.M),
    lazily(r"#\d+ (?P<path>/[^\s():]{1,300}\.php)\((?P<line>\d+)\): (?P<function>[\w\\>:-]{1,150})?"),
    lazily(r"\bin (?P<path>[^\s:()'\"]{1,300}\.(?:php|cs))(?: on line |:line |:)(?P<line>\d+)(?P<function>(?!))?"),
    lazily(r"\bpanicked at (?:[^\n]{1,500}', )?(?P<path>[^\s:'\"]{1,300}\.rs):(?P<line>\d+)(?P<function>(?!))?"),
    lazily(r"^[ \t>]{0,40}#\d+[ \t]+(?:0x[0-9a-f]+ )?(?:in )?(?P<function>[\w:~<>]{1,150})[^\n]{0,300}? (?P<path>[^\s:()]{1,300}\.\w{1,5}):(?P<line>\d+)", re.M),
)  # fmt: skip


def parse(prompt: str) -> Query:
    """A prompt's parts. Deterministic; linear in its length."""
    text = prompt[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    words = _Words()
    paths: dict[str, None] = {}
    owners: dict[str, None] = {}
    frames: dict[Frame, None] = {}
    quoted: dict[str, None] = {}
    for region, part in _regions(text):
        if region in ("prose", "aside"):
            part = _PICTURE.sub(" ", part)
        part, linked = _links(part)
        if region != "aside":
            paths.update(linked)
        traced = _frames(part)
        frames.update(dict.fromkeys(traced.values()))
        for found in _PATH.finditer(part):
            spelled = found[0].rstrip(".-").replace("\\", "/").removeprefix("./")
            if not (region == "trace" and found.start() in traced) and looks_like_path(spelled):
                paths[spelled] = None
        if region == "title":
            owners.update(
                (found[1], None) for found in _MEMBER.finditer(part) if not looks_like_path(found[0])
            )
        if region in ("title", "prose"):
            said = [found[1] or found[2] or found[3] for found in _QUOTED.finditer(part)]
            quoted.update((text.strip(), None) for text in said if _is_phrase(text))
        words.add(part, _WEIGHTS[region], region in _SPOKEN, _USEFUL.get(region, useful))
    return Query(
        terms=words.terms,
        names=words.names,
        pairs=words.pairs,
        paths=tuple(paths),
        owners=tuple(owners),
        frames=tuple(frames),
        quoted=tuple(quoted),
    )


def weighed(query: Query, rarity: Mapping[str, float]) -> Query:
    """The same with each term weighed by how rare it is, from 0 to 1; what nobody knows is common."""
    terms = {term: weight * max(_COMMON, rarity.get(term, 0.0)) for term, weight in query.terms.items()}
    return replace(query, terms=terms)


def _regions(text: str) -> Iterator[tuple[str, str]]:
    """A prompt cut into its title, prose, inline code, code blocks, traces and asides."""
    title, _, body = _COMMENT.sub(" ", text).lstrip().partition("\n")
    yield from _inline("title", title)
    at, aside = 0, False
    for fence in _FENCE.finditer(body):
        for region, part in _sections(body[at : fence.start()], aside):
            yield from _prose(part) if region == "prose" else [(region, part)]
            aside = region == "aside"
        yield ("aside" if aside else "trace" if _is_trace(fence[2]) else "code"), fence[2]
        at = fence.end()
    for region, part in _sections(body[at:], aside):
        yield from _prose(part) if region == "prose" else [(region, part)]


def _sections(text: str, aside: bool) -> Iterator[tuple[str, str]]:
    """A text cut at its headings; those about the machine are an aside, like what goes before in one.

    Such an aside also ends where somebody goes on without a heading: at a sentence below its list.
    """
    here: list[str] = []
    listed = below = False
    for line in text.split("\n"):
        heading = _HEADING.match(line)
        if heading or (aside and below and _SENTENCE.match(line)):
            yield ("aside" if aside else "prose"), "\n".join(here)
            here, aside, listed, below = [], False, False, False
        if heading:
            yield "aside", line
            aside = bool(_MACHINE.search(line))
            continue
        here.append(line)
        if _LISTED.match(line):
            listed, below = True, False
        elif not line.strip():
            below = listed
    yield ("aside" if aside else "prose"), "\n".join(here)


def _prose(text: str) -> Iterator[tuple[str, str]]:
    code: list[str] = []
    asides: list[str] = []
    plain: list[str] = []
    for line in text.split("\n"):
        is_code = line.startswith(("    ", "\t")) or _AT.match(line)
        some = code if is_code else asides if _ASIDE.match(line) else plain
        some.append(line)
    if code:
        block = "\n".join(code)
        yield ("trace" if _is_trace(block) else "code"), block
    yield "aside", "\n".join(asides)
    yield from _inline("prose", "\n".join(plain))


def _inline(region: str, text: str) -> Iterator[tuple[str, str]]:
    yield region, text
    code = " ".join(found[1] for found in _INLINE.finditer(text))
    if code:
        yield "inline", code


def _is_phrase(text: str) -> bool:
    """Whether something quoted is more than one name, so that it is worth looking for as it stands."""
    return bool(_WORD.search(text)) and not _NAME.fullmatch(text.strip())


def _is_trace(text: str) -> bool:
    return "Traceback" in text or sum(len(pattern.findall(text)) for pattern in _FRAMES) >= 2


def _frames(text: str) -> dict[int, Frame]:
    """A text's frames by where their paths stand, from where it happened: Python says that last."""
    python, *rest = [list(pattern.finditer(text)) for pattern in _FRAMES]
    others = sorted(chain.from_iterable(rest), key=lambda found: found.start("path"))
    return {found.start("path"): _frame(found) for found in [*reversed(python), *others]}


def _frame(found: re.Match[str]) -> Frame:
    path, function = found["path"].replace("\\", "/"), found["function"]
    package = _PACKAGE.match(function) if function and path.endswith((".java", ".kt", ".scala")) else None
    if package and "/" not in path:
        path = package[1].replace(".", "/") + path
    return Frame(path=path, line=int(found["line"][:9]), function=function)


def _links(text: str) -> tuple[str, dict[str, None]]:
    """A text without its URLs, and the paths that they spell."""
    paths: dict[str, None] = {}
    return _URL.sub(lambda url: _url(url[0], paths), text), paths


def _url(url: str, paths: dict[str, None]) -> str:
    """What is left of a URL for the words: nothing; but one that shows a file spells its path."""
    shown = _IN_URL.search(url)
    if shown and looks_like_path(shown[1]):
        paths[shown[1]] = None
    return " "


@lru_cache(maxsize=4096)
def looks_like_path(text: str) -> bool:
    """Whether a spelled thing may name a file: it has a folder or an extension that files have."""
    from git_ctx.analysis.extensions import EXTENSIONS

    name = text.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    return bool(stem and dot and extension.lower() in EXTENSIONS) or "/" in text


class _Words:
    """Gathers terms and names; each further saying of a word weighs a little."""

    def __init__(self) -> None:
        self.terms: dict[str, float] = {}
        self.names: dict[str, float] = {}
        self.pairs: dict[str, float] = {}

    def add(self, text: str, weight: float, spoken: bool, useful: Callable[[str], bool]) -> None:
        """Add a text's useful words. Where it is `spoken`, a capital that begins a sentence makes no name."""
        for found in _HYPHENED.finditer(text):
            _raise(self.names, found[0].replace("-", "_"), weight)
        for first, second in _PAIR.findall(text):
            if useful(first.lower()) and useful(second.lower()):
                _raise(self.pairs, f"{first.lower()}_{second.lower()}", weight)
        for found in _IDENTIFIER.finditer(text):
            whole = re.split(r"\.|::|->|#", found[0])
            at = found.start()
            begins = spoken and len(whole) == 1 and bool(_BEGINS.search(text, max(0, at - 12), at))
            for name in whole:
                self._name(name.strip("$"), weight, begins, useful)

    def _name(self, name: str, weight: float, begins: bool, useful: Callable[[str], bool]) -> None:
        pieces = parts(name)
        if not pieces:
            return
        if len(pieces) > 1 or (name != name.lower() and not begins and useful(pieces[0])):
            _raise(self.names, name, weight)
        for piece in pieces:
            if useful(piece):
                _raise(self.terms, piece, weight / (1 if len(pieces) == 1 else 1.3))


def _raise(weights: dict[str, float], key: str, weight: float) -> None:
    """One more saying of a word: the weightiest counts whole, each further one a little."""
    if len(key) > _LONGEST_NAME:
        return
    before = weights.get(key, 0.0)
    weights[key] = max(before, weight) + 0.15 * min(before, weight)


def useful(word: str) -> bool:
    """Whether a word says anything about which file is meant."""
    if word in STOPWORDS or word in BOILERPLATE or word.isdigit():
        return False
    return len(word) > 2 or not word.isascii()


def useful_in_title(word: str) -> bool:
    """Whether it does in a first line, which says what a prompt is about: 'search ignores case'."""
    return useful_in_code(word) or word in NAMED_IN_CODE


def useful_in_code(word: str) -> bool:
    """Whether it does as code in a sentence: there two letters are a name, `ci`, unless they end a file's."""
    return useful(word) or (len(word) == 2 and word.isalpha() and _is_name(word))


def _is_name(word: str) -> bool:
    from git_ctx.analysis.extensions import EXTENSIONS

    return word not in STOPWORDS and word not in BOILERPLATE and word not in EXTENSIONS


_USEFUL = {"title": useful_in_title, "inline": useful_in_code}


@lru_cache(maxsize=65536)
def parts(name: str) -> tuple[str, ...]:
    """An identifier's parts in lower case: `parseHTTPResponse_v2` -> parse, http, response, v, 2."""
    return tuple(found.lower() for found in _PART.findall(name))
