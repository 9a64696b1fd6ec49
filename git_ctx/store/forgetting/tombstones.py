"""Sessions that were deleted here: what brings sessions in from elsewhere leaves them out.

common directory/ctx/deleted/<session id>, a JSON file for people: the name, when, and where the refs were.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from git_ctx.errors import WriteFailed
from git_ctx.model import Oid
from git_ctx.store import shared
from git_ctx.store.repo import Repo

_LARGEST = 16 << 20
_OID = re.compile(r"[0-9a-f]{40}")
_ID = re.compile(r"[a-z0-9]{4,40}", re.ASCII)
"""Of a session's id, which may be a stranger's and becomes the name of a file."""


def bury(repo: Repo, session_id: str, name: str, when: datetime, refs: Mapping[str, Oid]) -> None:
    """Remember that a session was deleted; one whose id is not of the form has none to remember.

    What a run had deleted of it that was cut off is remembered on.
    """
    path = _path(repo, session_id)
    if path is None:
        return
    words = {"deleted": when.isoformat(timespec="seconds"), "id": session_id, "name": name}
    known = {**(_stood(path, name) or {}), **refs}
    data = json.dumps({**words, "refs": known}, indent=2, sort_keys=True) + "\n"
    try:
        shared.mkdir(path.parent)
        # Of a group, another one may have buried it before: the directory is open to both, the file is not.
        path.unlink(missing_ok=True)
        path.write_text(data, "utf-8")
        shared.made(path)
    except OSError as error:
        raise WriteFailed(str(path), (error.strerror or str(error)).lower()) from None


def stood(repo: Repo, name: str, refs: Mapping[str, Oid]) -> tuple[Path, Mapping[str, Oid]] | None:
    """Where the refs of the session stood that was deleted last under a name and had these, and the file that
    says so; None where nobody knows.
    """
    try:
        paths = sorted((repo.shared / "deleted").iterdir(), key=lambda path: -path.stat().st_mtime)
    except OSError:
        return None
    for path in paths:
        known = _stood(path, name)
        if known and refs.items() <= known.items():
            return path, known
    return None


def is_buried(repo: Repo, session_id: str) -> bool:
    """Whether the session with this id was deleted here, and nobody has asked for it again."""
    path = _path(repo, session_id)
    return path is not None and path.exists()


def exhume(repo: Repo, session_id: str) -> None:
    """Forget that it was deleted: somebody asked for it by name."""
    path = _path(repo, session_id)
    if path is not None:
        path.unlink(missing_ok=True)


def _stood(path: Path, name: str) -> dict[str, Oid] | None:
    """The refs that a file names; None where it is of another session, or not of the form."""
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("name") != name or not isinstance(said.get("refs"), dict):
        return None
    return {
        ref: oid
        for ref, oid in said["refs"].items()
        if ref.startswith("refs/ctx/") and isinstance(oid, str) and _OID.fullmatch(oid)
    }


def _path(repo: Repo, session_id: str) -> Path | None:
    return repo.shared / "deleted" / session_id if _ID.fullmatch(session_id) else None
