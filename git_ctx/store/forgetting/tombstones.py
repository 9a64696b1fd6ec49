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

_ID = re.compile(r"[a-z0-9]{4,40}", re.ASCII)
"""Of a session's id, which may be a stranger's and becomes the name of a file."""


def bury(repo: Repo, session_id: str, name: str, when: datetime, refs: Mapping[str, Oid]) -> None:
    """Remember that a session was deleted; one whose id is not of the form has none to remember."""
    path = _path(repo, session_id)
    if path is None:
        return
    words = {"deleted": when.isoformat(timespec="seconds"), "id": session_id, "name": name}
    data = json.dumps({**words, "refs": dict(refs)}, indent=2, sort_keys=True) + "\n"
    try:
        shared.mkdir(path.parent)
        # Of a group, another one may have buried it before: the directory is open to both, the file is not.
        path.unlink(missing_ok=True)
        path.write_text(data, "utf-8")
        shared.made(path)
    except OSError as error:
        raise WriteFailed(str(path), (error.strerror or str(error)).lower()) from None


def is_buried(repo: Repo, session_id: str) -> bool:
    """Whether the session with this id was deleted here, and nobody has asked for it again."""
    path = _path(repo, session_id)
    return path is not None and path.exists()


def exhume(repo: Repo, session_id: str) -> None:
    """Forget that it was deleted: somebody asked for it by name."""
    path = _path(repo, session_id)
    if path is not None:
        path.unlink(missing_ok=True)


def _path(repo: Repo, session_id: str) -> Path | None:
    return repo.shared / "deleted" / session_id if _ID.fullmatch(session_id) else None
