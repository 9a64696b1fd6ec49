"""Whether the entries of a session are what the format says they are."""

from collections.abc import Callable, Iterator

from git_ctx import canonical, codec, registers
from git_ctx.errors import BrokenSession, NewerFormat
from git_ctx.store import layout

_DECODE: dict[str, Callable[[bytes, str], object]] = {
    "prompt.json": codec.decode_prompt,
    "context.json": codec.decode_context,
    "files.json": codec.decode_files,
    "request.json": codec.decode_request,
    "reply.json": codec.decode_reply,
    "save.json": codec.decode_save,
    "branch.json": codec.decode_fork,
}


def problems(path: str, data: bytes) -> Iterator[str]:
    """What is wrong with an entry at a path; nothing for what is not ours."""
    decode = _decoder(path)
    if decode is None:
        return
    try:
        value = decode(data, path)
    except NewerFormat:
        return
    except BrokenSession as error:
        yield error.problem
        return
    if canonical.dump(canonical.load(data, path).plain(), path) != data:
        yield "it is not canonical JSON"
    place = _event(path)
    named = getattr(value, "id", None) or getattr(value, "prompt", None)
    # A request and a reply have ids of their own, and name the prompt that they go with besides.
    if (
        place is not None
        and isinstance(named, str)
        and not path.endswith(".files.json")
        and named != place[1]
    ):
        yield f"its id is {named}"


def clashes(paths: list[str]) -> Iterator[tuple[str, str]]:
    """Events that share an id, under two clocks: the path of the later, and what is wrong."""
    clocks: dict[str, int] = {}
    for path in paths:
        place = _event(path)
        if place is None:
            continue
        first = clocks.setdefault(place[1], place[0])
        if first != place[0]:
            yield path, f"its id is that of #{first}, too"


def clock(path: str) -> int | None:
    """The number of the event that an entry is of."""
    place = _event(path)
    return place[0] if place else None


def _decoder(path: str) -> Callable[[bytes, str], object] | None:
    if path == "session.json":
        return codec.decode_session
    if path.startswith("meta/"):
        parts = path.split("/")
        ours = len(parts) == 3 and layout.parse_meta(parts[1], parts[2])
        return registers.decode_meta if ours else None
    place = _event(path)
    return _DECODE.get(place[2]) if place else None


def _event(path: str) -> tuple[int, str, str] | None:
    parts = path.split("/")
    number = layout.parse_hundred(parts[1]) if len(parts) == 3 and parts[0] == "events" else None
    return layout.parse_event_file(number, parts[2]) if number is not None else None
