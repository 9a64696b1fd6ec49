"""What is noted of a session of which something was forgotten, beside what is remembered to be.

common directory/ctx/forgotten/<session id>.json: {"tips": {old: new}, "spread": oid}. Which tips became
which, since a remote may have the old one still; and the commit of refs/ctx/forgotten/<session id> by which
every ref of the session was gone over. It stays here: who knows a commit's id could try out what was in it.
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


def note_tips(repo: Repo, session_id: str, moved: Mapping[Oid, Oid]) -> None:
    """Remember what tips have become; an older one then leads to the newest. Raises `WriteFailed`."""
    if moved:
        known = {old: moved.get(new, new) for old, new in became(repo, session_id).items()}
        _write(repo, session_id, {"tips": {**known, **moved}})


def became(repo: Repo, session_id: str) -> dict[Oid, Oid]:
    """What is known of old tips; nothing where the file is damaged."""
    tips = _read(repo, session_id).get("tips")
    if not isinstance(tips, dict):
        return {}
    return {old: new for old, new in tips.items() if isinstance(new, str)}


def note_spread(repo: Repo, session_id: str, by: Oid) -> None:
    """Note that every ref of a session has forgotten what this commit remembers. Raises `WriteFailed`."""
    if not is_spread(repo, session_id, by):
        _write(repo, session_id, {"spread": by})


def is_spread(repo: Repo, session_id: str, by: Oid) -> bool:
    """Whether that was noted: it is not where a run was cut off."""
    return _read(repo, session_id).get("spread") == by


def _read(repo: Repo, session_id: str) -> dict[str, object]:
    path = _path(repo, session_id)
    try:
        if path is None:
            return {}
        with path.open("rb") as file:
            noted = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _write(repo: Repo, session_id: str, more: Mapping[str, object]) -> None:
    path = _path(repo, session_id)
    if path is None:
        return
    data = json.dumps({**_read(repo, session_id), **more}, indent=2, sort_keys=True) + "\n"
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


def _path(repo: Repo, session_id: str) -> Path | None:
    return repo.shared / "forgotten" / f"{session_id}.json" if marks.tomb(session_id) else None
