"""A text cut into the pieces that o200k counts one by one: a word with its space, up to three digits, …

What its pattern asks of Unicode is said in ASCII here: a letter, digit or space from elsewhere is cut as one
that stands for its kind, so that a pattern of the standard library gives the same pieces.
"""

from itertools import accumulate, pairwise

from git_ctx.pattern import lazily

_CASELESS, _MARK = "\u00aa", "\u0300"
"""Each stands for all of its kind: letters that are neither upper nor lower case, and marks on letters."""
_KINDS = {"Lu": "A", "Lt": "A", "Ll": "a", "Lm": _CASELESS, "Lo": _CASELESS, "N": "0", "M": _MARK, "Z": "\v"}
_OTHER = "!"
_UNSURE = "\0"
"""For what this Python does not know as a character: the vocabulary's own cutter may be younger."""
_ENDING = "(?:'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL]))?"
_PIECE = lazily(
    "[^\r\na-zA-Z0-9ª]?[A-Zª\u0300]*[a-zª\u0300]+"
    + _ENDING
    + "|[^\r\na-zA-Z0-9ª]?[A-Zª\u0300]+"
    + _ENDING
    + "|[0-9]{1,3}"
    "| ?[^ \t\n\v\f\ra-zA-Z0-9ª]+[\r\n/]*"
    "|[ \t\n\v\f\r]*[\r\n]+|[ \t\n\v\f\r]+(?![^ \t\n\v\f\r])|[ \t\n\v\f\r]+"
)
_FOREIGN = lazily("[^\0-\x7f]+")


class _Stand(dict[str, str]):
    """A character from outside ASCII -> what is cut as it is."""

    def __missing__(self, character: str) -> str:
        from unicodedata import category  # a megabyte, for texts that need it

        kind = category(character)
        found = _KINDS.get(kind) or _KINDS.get(kind[0]) or (_UNSURE if kind == "Cn" else _OTHER)
        found = {"ſ": "s", "\x85": "\v"}.get(
            character, found
        )  # it's and itſ end alike; a space that is a control
        self[character] = found
        return found


_stand = _Stand()


def pieces(text: str) -> list[str] | None:
    """All of the text, in pieces; None where it has a character that is not known here."""
    if text.isascii():
        return _PIECE.findall(text)
    kinds = set(map(_stand.__getitem__, set("".join(_FOREIGN.findall(text)))))
    if _UNSURE in kinds:
        return None
    if kinds == {_OTHER}:
        return _PIECE.findall(text)
    shape = _FOREIGN.sub(lambda found: "".join(map(_stand.__getitem__, found[0])), text)
    ends = accumulate(map(len, _PIECE.findall(shape)), initial=0)
    return [text[start:end] for start, end in pairwise(ends)]
