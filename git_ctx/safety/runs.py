"""Files that make a program run without anybody calling it: named when they are written into a work tree."""

from pathlib import PurePosixPath

_NAMES = {
    ".gitattributes": "chooses filters for git",
    ".gitmodules": "tells git where to fetch from",
    ".lfsconfig": "tells git lfs where to fetch from",
    ".envrc": "run by direnv",
    ".mise.toml": "run by mise",
    ".tool-versions": "read by version managers",
    ".pre-commit-config.yaml": "run on commit",
    "lefthook.yml": "run on commit",
    ".mcp.json": "starts programs for assistants",
}
_FOLDERS = {
    ".vscode": "settings and tasks of an editor",
    ".idea": "settings and tasks of an editor",
    ".zed": "settings and tasks of an editor",
    ".devcontainer": "run by editors",
    ".husky": "run on commit",
    ".githooks": "run on commit",
    ".claude": "settings and hooks of an assistant",
    ".cursor": "settings and hooks of an assistant",
    ".gemini": "settings and hooks of an assistant",
    ".codex": "settings and hooks of an assistant",
}
_BELOW = {
    ".cargo/config.toml": "names programs that cargo runs",
    ".cargo/config": "names programs that cargo runs",
}


def by_itself(path: str) -> str | None:
    """What runs or obeys this file unasked, or None."""
    parts = PurePosixPath(path.lower()).parts
    found = _NAMES.get(parts[-1]) or _BELOW.get("/".join(parts[-2:]))
    return found or next((_FOLDERS[part] for part in parts[:-1] if part in _FOLDERS), None)
