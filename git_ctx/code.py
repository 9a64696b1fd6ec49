"""The user's code as it is met: files, the work tree, what differs, what a commit changed.

Asked of git each time and never stored. What is stored is in `model`; so is how paths and ids are written.
"""

from typing import Literal, NamedTuple

from git_ctx.model import Oid
from git_ctx.value import dataclass


class File(NamedTuple):
    """A file of the work tree as analysis meets it: tracked, or untracked and not ignored.

    `oid` names its content: the blob where git has it, else the blob id its bytes would get.
    `withheld` ones (secret, size) are known by name and never read; their `oid` is `NULL_OID`.
    """

    path: str
    oid: Oid
    mode: int
    size: int | None = None
    withheld: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTree:
    """The work tree at one moment: `files` sorted by path; `changed` and `deleted` against `base`.

    `nested`: submodules and other repositories inside it. They are named, never entered.
    """

    root: str
    branch: str | None
    base: Oid | None
    files: tuple[File, ...]
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A path that differs between two trees: added, modified, deleted, or renamed from `old_path`."""

    status: Literal["added", "modified", "deleted", "renamed"]
    path: str
    old_path: str | None = None
    old_oid: Oid | None = None
    new_oid: Oid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A commit as the ranking needs it: its time in seconds, the paths that it changed, its subject."""

    time: int
    paths: tuple[str, ...]
    subject: str = ""
