"""Text for a terminal: nothing in it can move the cursor, hide a word or turn the line around."""

from git_ctx.pattern import lazily

# C0, DEL, C1; marks and overrides of direction; line separators; invisible tags; surrogates.
_UNSAFE = lazily(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACE = lazily(r"\s+")
_KEPT = "\n\t"


def escape(text: str, keep: str = _KEPT) -> str:
    r"""The text with control characters shown as `\x1b` or `\u202e`, less those in `keep`."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(lambda found: found[0] if found[0] in keep else _shown(found[0]), text)


def in_json(text: str) -> str:
    """JSON, with the characters that a terminal would obey in the way that JSON has for them."""
    import json

    return _UNSAFE.sub(lambda found: found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1], text)


def one_line(text: str) -> str:
    """The text as one safe line: runs of space and newlines are one space, nothing at the ends."""
    return escape(_SPACE.sub(" ", text).strip(), keep="")


def width(text: str) -> int:
    """How many columns a terminal takes for a safe line."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def truncate(text: str, columns: int, end: str = "…") -> str:
    """As much of a safe line as fits, closed by `end` where something was cut."""
    if width(text) <= columns:
        return text
    room, kept = columns - width(end), 0
    for at, character in enumerate(text):
        kept += _columns(character)
        if kept > room:
            return (text[:at].rstrip() + end) if room >= 0 else ""
    return text


def quoted(text: str) -> str:
    """A prompt's text as later contexts quote it."""
    return truncate(one_line(text), 60)


def _shown(character: str) -> str:
    point = ord(character)
    if 0xDC80 <= point <= 0xDCFF:  # a byte that is not UTF-8, as os.fsdecode keeps it
        point -= 0xDC00
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _columns(character: str) -> int:
    from unicodedata import category, east_asian_width

    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
