"""The messages of session commits: a subject, and trailers that let one for-each-ref list everything."""

from collections.abc import Mapping

from git_ctx.pattern import lazily

_SUBJECT_LENGTH = 100
# Control characters, and those that turn the direction of text around: they would act on a terminal.
_ACTING = lazily("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]+")


def build(subject: str, trailers: Mapping[str, str]) -> str:
    """A whole message; `parse` reads the trailers back, whatever the subject says."""
    lines = [f"{key}: {clean(value)}" for key, value in trailers.items()]
    return brief(subject) + "\n\n" + "\n".join(lines) + "\n"


def parse(message: str) -> dict[str, str]:
    """The trailers in the last paragraph; none where there is no such paragraph."""
    _, parted, last = message.rstrip("\n").rpartition("\n\n")
    pairs = (line.partition(": ") for line in last.split("\n")) if parted else ()
    return {key: value for key, colon, value in pairs if colon}


def subject(message: str) -> str:
    return message.partition("\n")[0]


def brief(text: str) -> str:
    """As `clean`, no longer than a subject: a reflog gets its words as an argument, which has bounds."""
    return clean(text)[:_SUBJECT_LENGTH].rstrip()


def clean(text: str) -> str:
    """One line of text that git and libgit2 take as it is: no NUL, no control, no lone surrogate."""
    readable = text.encode("utf-8", "replace").decode("utf-8")
    return _ACTING.sub(" ", readable).strip()


def last_words(said: str, otherwise: str = "") -> str:
    """Of all that git said on its way, that which it ended with."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("hint:")]
    return clean(lines[-1].removeprefix("fatal: ").removeprefix("error: ")) if lines else otherwise


def clean_ident(ident: str) -> str:
    """'Name <email>' as a commit can hold it: a name, and no stray '<', '>' in either part."""
    name, bracket, email = f" {clean(ident)}".rpartition(" <")
    if not bracket:
        name, email = email, ""
    kept = [part.replace("<", "").replace(">", "").strip() for part in (name, email)]
    return f"{kept[0] or kept[1] or 'unknown'} <{kept[1]}>"
