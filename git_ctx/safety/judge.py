"""Is it real? What tells a secret from the placeholder, the example and the name that look like one."""

import re
from collections.abc import Callable
from itertools import pairwise

from git_ctx.pattern import lazily

Judge = Callable[[bytes], bool]
"""Whether what a form found is real."""

# Words that nobody has in a key: five letters or more, since four can come up by chance.
_SAID_TO_BE_FALSE = lazily(
    rb"example|sample|placeholder|redacted|change_?-?me|dummy|insert|replace|your[_-]|fake[_-]|xxxx|\*\*\*|\.\.\."
    # keys that manuals print and everybody copies: of Flask's tutorial, of Azure's storage emulator
    rb"|192b9bdd22ab9ed4d12e|5f352379324c22463451|Eby8vdM02xNOcqFlqUwJ",
    re.IGNORECASE,
)
_TEMPLATE = lazily(
    rb"^\$\w|\$[\{\(]|\{\{|\}\}|\{\}|#\{|\\\(|%\(|%[sd](?![0-9A-Fa-f])|^[<{\[%*&]|^[!@][A-Za-z_]+$|^[+.][$A-Za-z_]|^[A-Z][A-Za-z]+\[|[>)\]]$|\[redacted|\)\.|\.\w+\("
)
_DULL_WORDS = (
    b"passphrase password passwd pass word pwd pw secret token tokens api auth key keys access private "
    b"client user username usr name login admin root guest test testing tests tester my your our the a an "
    b"some this is not real super very top new old db database app dev prod local staging service default "
    b"change changeme me here none null nil true false undefined string value var env "
    b"foo bar baz qux foobar quux spam eggs abc abcd abcdef xyz qwerty asdf letmein welcome hello world "
    b"hunter postgres postgresql mysql mariadb redis mongo mongodb rabbitmq elastic minio monkey dragon "
    b"insecure secure supersecret sekret sekrit django strong long random safe hidden basic bearer "
    b"credentials credential id"
)
_LONGEST_FIRST = sorted(_DULL_WORDS.split(), key=len, reverse=True)
# Possessive and longest first: one way to read each text, so the time is linear.
_DULL = lazily(b"(?>(?:" + b"|".join(_LONGEST_FIRST) + b")*)")
_LEET = bytes.maketrans(b"013457@$!", b"oieastasi")
_NO_LETTERS = bytes(byte for byte in range(256) if not chr(byte).isalpha() or byte > 127)
_PATH = lazily(rb"(?:\.{0,2}/|~/|[A-Za-z]:\\|https?:|file:|urn:|\(|:)")
_VERSION = lazily(rb"(?:npm:|workspace:)?[\^~<>=v]*\d+\.[\d.x*]+[\w.+-]{0,12}")
_SCOPE = lazily(
    rb"[\w-]*(?:/|%2F)\d{8}(?:/|%2F)"
)  # of a request that was signed: who, when and where, and no secret
_WHETHER = lazily(rb"!!(?:\w+\??\.)+\w+")
"""Code that asks whether something is set: `!!process.env.PASSWORD`."""
_NAME = lazily(
    rb"[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)+[?!]?|[A-Za-z_]+(?:\d?|[!?]+)|\$?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
)
_HEX = lazily(rb"[0-9a-f]+|[0-9A-F]+")
_UUID = lazily(rb"(?:[0-9a-fA-F]{4,12}-){1,4}[0-9a-fA-F]{4,12}")  # more often a name than a secret
_HASHED = lazily(rb"(?:pbkdf2|bcrypt|scrypt|argon2|sha\d|md5|\{SSHA)|\$(?:2[abxy]|5|6|argon)", re.IGNORECASE)
_ADDRESS = lazily(rb"[A-Za-z.]+@[A-Za-z.-]+")
_TUTORIAL = lazily(rb"1234567890|example|john ?doe|acme|\"test", re.IGNORECASE)
_ABOUT = lazily(
    rb"pass(?:w|phrase|$)|secret|secur|hash|crypt|prompt|valid|required|missing|incorrect|wrong|empty|expired|stored"
    rb"|config|file|input|field|param|correct|forgot|reset|random|unset|generat|^get|^set|^is|prefix|suffix|^user|[_=]",
    re.IGNORECASE,
)
_SETTING = lazily(rb"[^:]*:[ \t]*[\"']?([^\s\"'#]+)[\"']?[ \t]*\r?(?:#.*)?$")
_LISTED = lazily(rb"[\w+/=.~-]{16,200}")
_LOOKED_AT = 80
_KEY_LINE = lazily(rb"[A-Za-z0-9+/=]{40}")
_NOT_BASE64 = lazily(rb"\\[nrt]|[^A-Za-z0-9+/=]+")


def varied(value: bytes) -> bool:
    """For a key whose form leaves little doubt: it is not a pattern, and not said to be an example."""
    if len(value) < 16 or len(set(value)) < 8 or _false_or_template(value):
        return False
    core = _without_runs(value[:_LOOKED_AT])
    return len(core) >= 16 and len(set(core)) >= 8


def key(value: bytes) -> bool:
    """For a key whose form is known: varied, and not written in letters of one case only."""
    one_case = value in (value.lower(), value.upper())
    return varied(value) and (not one_case or bool(re.search(rb"\d", value)))


def random(value: bytes) -> bool:
    """For a value that only its name makes a secret: it must look drawn by a machine."""
    digits = len(value) - len(value.translate(None, b"0123456789"))
    is_hex = _HEX.fullmatch(value)
    if (
        not (digits > 0 or _mixed(value))
        or digits >= len(value) * (0.9 if is_hex else 0.7)
        or _PATH.match(value)
        or _SCOPE.match(value)
        or _NAME.fullmatch(value)
        or value.count(b".") > len(value) / 4
        or _dull(value)
        or _SAID_TO_BE_FALSE.search(_decoded(value))
    ):
        return False
    if value.startswith(b"LS0tLS1CRUdJTi"):  # a block in base64, which has a rule of its own
        return False
    if is_hex:
        return len(value) >= 32 and key(value)
    if _UUID.fullmatch(value) or _HASHED.match(value) or not key(value):
        return False
    return _changes(value[:_LOOKED_AT]) >= _enough(value, digits)


def _enough(value: bytes, digits: int) -> float:
    """The share of neighbours that are of two kinds, from which on a value looks drawn: of 36 letters and
    digits the next one is of the other kind at 0.4, of 62 at 0.6.
    """
    if digits >= 4 and len(value) >= 20 and _one_case(value):
        return 0.22
    if digits >= 2:
        return 0.3
    return 0.5 if digits else 0.4


def _one_case(value: bytes) -> bool:
    return value.isalnum() and value in (value.lower(), value.upper())


def _mixed(value: bytes) -> bool:
    """Letters alone, of both cases without any order: one in two hundred keys has no digit."""
    return len(value) >= 24 and value.isalpha() and _changes(value[:_LOOKED_AT]) >= 0.4


def service(value: bytes) -> bool:
    """For a value beside the name of a service and in the place of its key: shorter ones do, too."""
    digits = sum(48 <= byte <= 57 for byte in value)
    if not _one_case(value) or not 0.1 <= digits / len(value) <= 0.8:
        return random(value)
    return varied(value) and _changes(value[:_LOOKED_AT]) >= 0.22


def password(value: bytes) -> bool:
    """For a value that stands where a password stands: people make them, so two kinds of characters do."""
    return _kinds(value) >= (2 if len(value) >= 8 else 3) and _meant(value)


def strong_password(value: bytes) -> bool:
    """For the same in code and in prose, where other things stand too: as sign-up forms demand it."""
    return len(value) >= 8 and _kinds(value) >= 3 and len(set(value)) >= 7 and _meant(value)


def word(value: bytes) -> bool:
    """For a value where nothing but a password can stand: any word that is not itself about passwords."""
    value = value.rstrip(b",;:.")
    return (
        len(value) >= 6
        and len(set(value)) >= 4
        and not _PATH.match(value)
        and not _ABOUT.search(value)
        and not (_false_or_template(value) or _dull(value) or b"://" in value)
    )


def some(value: bytes) -> bool:
    """For a list: half of what stands in it is drawn by a machine."""
    each = _LISTED.findall(value)
    return bool(each) and sum(random(one) for one in each) * 2 >= len(each)


def manifest(block: bytes) -> bool:
    """For the data of a manifest that says that it holds secrets: one of the values is meant."""
    values = (_SETTING.match(line) for line in block.split(b"\n"))
    return any(_in_manifest(found[1]) for found in values if found)


def _in_manifest(value: bytes) -> bool:
    if value.startswith(b"LS0tLS1CRUdJTi"):
        return encoded_key(value)
    plain = _decoded(value)
    return anything(value) and (random(plain) or (strong_password if plain == value else password)(plain))


def digest(value: bytes) -> bool:
    """What is kept in the place of a password: salted, so that its last part is drawn, too."""
    return not _SAID_TO_BE_FALSE.search(value) and varied(value.rpartition(b"$")[2])


def basic(value: bytes) -> bool:
    """For user and password in base64."""
    user, colon, secret = _behind(value).partition(b":")
    return bool(colon) and secret.isascii() and user != secret and password(secret)


def anything(value: bytes) -> bool:
    """For a value in a file that exists to hold secrets: all but what is plainly left open."""
    return len(value) >= 6 and not (_false_or_template(value) or _dull(value) or _PATH.match(value))


def private_key(block: bytes) -> bool:
    """A key block with a body: long enough for the smallest key, and not an ellipsis."""
    body = re.sub(rb"-----[^-\n]*-----", b"", block)
    base64 = _NOT_BASE64.sub(b"", body)
    whole = bool(_KEY_LINE.search(body)) and b"..." not in body
    return whole and len(_without_runs(base64)) >= 60 and len(set(base64)) >= 20


def encoded_key(value: bytes) -> bool:
    """The same in base64."""
    block = _behind(value)
    return b"PRIVATE KEY" in block and private_key(block)


def encoded(value: bytes) -> bool:
    """A token in base64: what is behind it is plain, and varied."""
    return _behind(value).isascii() and varied(_behind(value).strip())


def salt(value: bytes) -> bool:
    """Signs of all kinds, drawn by a machine; a sentence in their place says what to put there."""
    return _kinds(value) == 4 and len(set(value)) >= 20 and not _SAID_TO_BE_FALSE.search(value)


def phrase(value: bytes) -> bool:
    """Words that were drawn: hardly one comes twice."""
    words = value.split()
    return len(set(words)) >= len(words) - 2


def _behind(value: bytes) -> bytes:
    """What base64 stands for, however it was cut: a word of 13 letters looks like it, and is none."""
    from base64 import b64decode

    bare = _NOT_BASE64.sub(b"", value).replace(b"=", b"")
    return b64decode(bare[: len(bare) - (len(bare) % 4 == 1)] + b"==")


def jwt(token: bytes) -> bool:
    """A token that says how it is signed and is not the one of the tutorials."""
    from base64 import urlsafe_b64decode
    from binascii import Error

    header, claims, signature = token.split(b".", 2)
    try:
        told = [urlsafe_b64decode(part.rstrip(b"=") + b"===") for part in (header, claims)]
    except Error:
        return False
    return b'"alg"' in told[0] and not _TUTORIAL.search(told[1]) and key(signature)


def _meant(value: bytes) -> bool:
    """Whether someone might have chosen this as a password, and not written it as an example."""
    value = value.rstrip(b",;:.|")  # of the sentence or statement that it stands in
    named = (
        _PATH.match(value)
        or _NAME.fullmatch(value)
        or _WHETHER.fullmatch(value)
        or _ADDRESS.fullmatch(value)
        or _HASHED.match(value)
        or _VERSION.fullmatch(value)
    )
    lettered = len(value) >= 6 and len(set(value)) >= 5 and re.search(rb"[A-Za-z]", value)
    return bool(lettered) and not (
        named
        or value.startswith(b"--")
        or b"://" in value
        or _false_or_template(value)
        or _SAID_TO_BE_FALSE.search(_decoded(value))
        or _dull(value)
    )


def _kinds(value: bytes) -> int:
    """How many of small letters, capitals, digits and signs there are; what joins names is no sign."""
    kinds = (rb"[a-z]", rb"[A-Z]", rb"\d", rb"[^\w.:/-]")
    return sum(bool(re.search(kind, value)) for kind in kinds)


def _false_or_template(value: bytes) -> bool:
    return bool(_SAID_TO_BE_FALSE.search(value) or _TEMPLATE.search(value))


def _dull(value: bytes) -> bool:
    """Nothing but words that people write where a secret would stand, with digits, signs or leet."""
    value = _decoded(value)
    plain = value.lower()
    leet = plain.rstrip(b"0123456789!?.$").translate(_LEET)
    return any(_DULL.fullmatch(words.translate(None, _NO_LETTERS)) for words in (plain, leet))


def _decoded(value: bytes) -> bytes:
    """What is behind base64, where that is text; else the value as it is."""
    if len(value) % 4 or not 8 <= len(value) <= 200:
        return value
    from base64 import b64decode
    from binascii import Error

    try:
        text = b64decode(value, validate=True)
    except Error:
        return value
    return text if text.isascii() and text.decode().isprintable() else value


def _without_runs(value: bytes) -> bytes:
    """In lower case, less what counts up, counts down or stays the same for five characters and more."""
    value = value.lower()
    kept, start, step = bytearray(), 0, None
    for at in range(1, len(value) + 1):
        next_step = _step(value[at - 1], value[at]) if at < len(value) else None
        if next_step is None or (step is not None and next_step != step):
            kept += value[start:at] if at - start < 5 else b""
            start, step = at, None
        else:
            step = next_step
    return bytes(kept)


def _step(before: int, after: int) -> int | None:
    if before == ord("9") and after == ord("0"):
        return 1
    return after - before if abs(after - before) <= 1 else None


def _changes(value: bytes) -> float:
    """How often letters, capitals and digits alternate: as chance has it, or as seldom as in words."""
    kinds = [_kind(byte) for byte in value]
    return sum(one != other for one, other in pairwise(kinds)) / (len(kinds) - 1)


def _kind(byte: int) -> int:
    if 48 <= byte <= 57:
        return 0
    if 65 <= byte <= 90:
        return 1
    return 2 if 97 <= byte <= 122 else 3
