"""Names and ids that git ctx makes up itself."""

import hashlib
import os
import re
import unicodedata

_ID_LETTERS = "klmnopqrstuvwxyz"
_TO_ID_LETTERS = str.maketrans("0123456789abcdef", _ID_LETTERS)
_SLUG_LENGTH = 24
_SLUG_WORDS = 3

# Words that many prompts have and that tell no session from another.
_COMMON_WORDS = """
a about add after all also an and any are as at be been but by can change could do does doing error fix for
from get has have help how i if in into is issue it its just let make me my need needs new no not of on one
only or our out please problem remove should so some that the their them then there these this to up update
us use using want was we what when where which why will with would you
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def new_id() -> str:
    """Sixteen random letters k to z: never taken for a number or an object id."""
    return os.urandom(8).hex().translate(_TO_ID_LETTERS)


def derived_id(*words: str) -> str:
    """The one id of these words, in the same letters: who imports the same thing again makes the same id."""
    told = hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass"))
    return told.hexdigest()[:16].translate(_TO_ID_LETTERS)


def slug(text: str, session_id: str) -> str:
    """A session's name made of a prompt's words and the end of the session's id: `login-kxzq`."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z][a-z0-9]+", ascii_text[:2000]) if word not in _COMMON]
    stem = words[0][:_SLUG_LENGTH] if words else "session"
    for word in words[1:_SLUG_WORDS]:
        stem = f"{stem}-{word}" if len(stem) + len(word) < _SLUG_LENGTH else stem
    return f"{stem}-{session_id[-4:]}"
