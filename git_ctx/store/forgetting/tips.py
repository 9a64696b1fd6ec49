"""Which tips of a session became which when something was forgotten: a remote may have the old one still.

common directory/ctx/forgotten/<session id>.json: {"tips": {old: new}}. It stays here: who knows the id of a
commit could try out what was in it.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from git_ctx.errors import WriteFailed
from git_ctx.model import Oid
from git_ctx.store import shared
from git_ctx.store.forgetting import marks
from git_ctx.store.repo import Repo

_LARGEST = 16 << 20


def note(repo: Repo, session_id: str, moved: Mapping[Oid, Oid]) -> None:
    """Remember what tips have become; an older one then leads to the newest. Raises `WriteFailed`."""
    path = _path(repo, session_id)
    if path is None or not moved:
        return
    known = {old: moved.get(new, new) for old, new in became(repo, session_id).items()}
    data = json.dumps({"tips": {**known, **moved}}, indent=2, sort_keys=True) + "\n"
    try:
        shared.mkdir(path.parent)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        shared.made(Path(name))
        Path(name).replace(path)
    except OSError as error:
        with suppress(OSError, UnboundLocalError):
            Path(name).unlink(missing_ok=True)
        raise WriteFailed(str(path), (error.strerror or str(error)).lower()) from None


def became(repo: Repo, session_id: str) -> dict[Oid, Oid]:
    """What is known of old tips; nothing where the file is damaged."""
    path = _path(repo, session_id)
    try:
        if path is None:
            return {}
        with path.open("rb") as file:
            tips = json.loads(file.read(_LARGEST)).get("tips")
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
    if not isinstance(tips, dict):
        return {}
    return {old: new for old, new in tips.items() if isinstance(new, str)}


def _path(repo: Repo, session_id: str) -> Path | None:
    return repo.shared / "forgotten" / f"{session_id}.json" if marks.tomb(session_id) else None
