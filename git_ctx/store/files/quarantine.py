"""A private index and a private place for objects, beside the user's; nothing is kept unless accepted.

So what git stored can be looked at before it becomes part of the repository: a file that changed after
it was searched for secrets leaves no object behind.
"""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from git_ctx.errors import WriteFailed
from git_ctx.model import NULL_OID, Oid
from git_ctx.store.asking import OFFLINE
from git_ctx.store.files.reader import too_large
from git_ctx.store.loose import sync_path
from git_ctx.store.process import Done
from git_ctx.store.repo import Repo
from git_ctx.store.status import Version, no_filter_required

# No hook of the user's runs (post-index-change), no other index file is written (split), no program
# of the user's is asked (fsmonitor), and line ends that do not survive are no reason to stop.
_OPTIONS = (
    f"core.hooksPath={os.devnull}",
    "core.splitIndex=false",
    "core.fsmonitor=false",
    "core.safecrlf=false",
)


class Quarantine:
    """Within `with`: change the index, write its tree; `accept` brings the objects into the repository."""

    def __init__(self, repo: Repo, *, largest: int) -> None:
        self._repo = repo
        named = os.environ.get("GIT_OBJECT_DIRECTORY") or repo.common_dir / "objects"
        self._objects = (repo.work_tree or repo.git_dir) / named
        # git's own name for such a directory: should this process die, `git gc` removes it.
        self._place = self._objects / f"tmp_objdir-ctx-{os.getpid()}-{os.urandom(4).hex()}"
        # Beyond this size git would write packs instead of single objects.
        options = (*_OPTIONS, f"core.bigFileThreshold={largest + 1}")
        self._options = [word for option in options for word in ("-c", option)]
        self.env = {
            **OFFLINE,
            "GIT_INDEX_FILE": str(self._place / "index"),
            "GIT_OBJECT_DIRECTORY": str(self._place),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _alternates(self._objects),
        }

    def __enter__(self) -> Self:
        try:
            self._place.mkdir()
            _copy_index(_user_index(self._repo), self._place / "index")
        except OSError as error:
            shutil.rmtree(self._place, ignore_errors=True)
            raise WriteFailed("the snapshot", error.strerror or str(error)) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._place, ignore_errors=True)

    def put(self, versions: Mapping[str, Version | None]) -> None:
        """Set paths to what is in the repository already, or take them out of the index (None)."""
        if not versions:
            return
        lines = (
            f"{version.mode:o} {version.oid}\t{path}\0" if version else f"0 {NULL_OID}\t{path}\0"
            for path, version in versions.items()
        )
        self._write("update-index", "-z", "--index-info", input=os.fsencode("".join(lines)))

    def intend(self, paths: Sequence[str]) -> None:
        """Have the index know of untracked paths; their content stays where it is."""
        if paths:
            names = os.fsencode("".join(f"{path}\0" for path in paths))
            command = ("add", "--sparse", "-N", "--pathspec-from-file=-", "--pathspec-file-nul")
            self._write("--literal-pathspecs", *command, input=names)

    def add(self, paths: Sequence[str]) -> dict[str, str]:
        """Take these paths from the work tree, through the filters; returns why some could not be.

        Paths that vanished are removed.
        """
        done = self._update(paths)
        if done is None:
            return {}
        if not _is_filter(done):
            return self._add_by_halves(paths, ())
        refused = {path: "its filter failed" for path in self._filtered(paths) if not self._passes(path)}
        rest = [path for path in paths if path not in refused]
        return refused | self._add_by_halves(rest, tuple(no_filter_required(self._repo)))

    def _add_by_halves(self, paths: Sequence[str], options: Sequence[str]) -> dict[str, str]:
        """git adds all or none: find those that it cannot take, and take the rest."""
        done = self._update(paths, options)
        if done is None:
            return {}
        if len(paths) == 1:
            return {paths[0]: _reason(done)}
        half = len(paths) // 2
        return self._add_by_halves(paths[:half], options) | self._add_by_halves(paths[half:], options)

    def _update(self, paths: Sequence[str], options: Sequence[str] = ()) -> Done | None:
        """How it failed, or None."""
        if not paths:
            return None
        command = (*options, "update-index", "--add", "--remove", "--replace", "-z", "--stdin")
        done = self._git(*command, input=os.fsencode("".join(f"{path}\0" for path in paths)))
        return done if done.status else None

    def _filtered(self, paths: Sequence[str]) -> list[str]:
        """Those of the paths that have a filter."""
        names = os.fsencode("".join(f"{path}\0" for path in paths))
        told = os.fsdecode(self._repo.git("check-attr", "-z", "--stdin", "filter", input=names)).split("\0")
        values = zip(told[::3], told[2::3], strict=False)
        return [path for path, value in values if value not in ("unspecified", "unset")]

    def _passes(self, path: str) -> bool:
        """Whether git can clean the file; without writing anything."""
        return not self._git("hash-object", "--", path).status

    def blobs(self, oids: Iterable[Oid], limit: int) -> Iterator[tuple[Oid, bytes | str]]:
        """The content of blobs, accepted already or not yet; or why it cannot be had."""
        wanted = tuple(dict.fromkeys(oids))
        if not wanted:
            return
        checked = self._cat_file("--batch-check", wanted).splitlines()
        sizes = {oid: _size(line) for oid, line in zip(wanted, checked, strict=True)}
        small = [oid for oid, size in sizes.items() if size is not None and size <= limit]
        for oid in sizes.keys() - small:
            yield oid, "its content is not here" if sizes[oid] is None else too_large(limit)
        listed = self._cat_file("--batch", small) if small else b""
        end = -1
        for oid in small:
            start = listed.index(b"\n", end + 1) + 1
            end = start + (sizes[oid] or 0)
            yield oid, listed[start:end]

    def drop_all_but(self, oids: Collection[Oid]) -> None:
        """Forget what was stored on the way and is not wanted."""
        for found in self._place.glob("??/*"):
            if found.parent.name + found.name not in oids:
                found.unlink()

    def write_tree(self) -> Oid:
        # Whether every blob is there was settled when its commit came in; asking again would fetch
        # the missing ones of a partial clone.
        return self._write("write-tree", "--missing-ok").decode().strip()

    def accept(self) -> None:
        """Move every object into the repository, synced to disk."""
        try:
            folders = [folder for folder in self._place.iterdir() if len(folder.name) == 2]
            for folder in folders:
                _move(folder, self._objects / folder.name)
            if folders:
                sync_path(self._objects)
        except OSError as error:
            raise WriteFailed("the snapshot", error.strerror or str(error)) from None

    def _cat_file(self, how: str, oids: Sequence[Oid]) -> bytes:
        return self._repo.git("cat-file", how, input="".join(f"{o}\n" for o in oids).encode(), env=self.env)

    def _write(self, *args: str, input: bytes | None = None) -> bytes:
        """Run git for a change that no filter has a say in."""
        done = self._git(*args, input=input)
        if done.status and _is_filter(done):
            # Writing an index, git may look again at files that have nothing to do with it.
            done = self._git(*no_filter_required(self._repo), *args, input=input)
        if done.status:
            raise _write_failed(done)
        return done.stdout

    def _git(self, *args: str, input: bytes | None = None) -> Done:
        return self._repo.run(*self._options, *args, input=input, env=self.env)


def _user_index(repo: Repo) -> Path:
    """Where git finds the index: in a hook it may be another one, named from the work tree's root."""
    named = os.environ.get("GIT_INDEX_FILE")
    return (repo.work_tree or repo.git_dir) / named if named else repo.git_dir / "index"


def _copy_index(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        return
    # git takes an entry that is as young as the index itself for possibly changed since; with a
    # younger copy it would believe all of them.
    found = source.stat()
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def _alternates(objects: Path) -> str:
    quoted = str(objects).replace("\\", "\\\\").replace('"', '\\"')
    inherited = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")
    return f'"{quoted}"' + (f":{inherited}" if inherited else "")


def _move(folder: Path, target: Path) -> None:
    if not target.is_dir():
        target.mkdir(exist_ok=True)
        # git gave it the permissions that the repository asks for (core.sharedRepository).
        target.chmod(folder.stat().st_mode & 0o7777)
    for found in folder.iterdir():
        sync_path(found)
        found.replace(target / found.name)
    sync_path(target)


def _size(header: bytes) -> int | None:
    """Of '<oid> blob <size>'; None for '<oid> missing'."""
    words = header.split(b" ")
    return int(words[2]) if len(words) == 3 else None


def _is_filter(done: Done) -> bool:
    return "clean filter '" in done.words


def _reason(done: Done) -> str:
    """Why a single path could not be added; raises where it is no matter of the path."""
    if "failed to insert into database" in done.words or "Unable to process path" not in done.words:
        raise _write_failed(done)
    return "changed while it was read"


def _write_failed(done: Done) -> WriteFailed:
    words = done.words.splitlines()
    said = [line.split(": ", 1)[-1] for line in words if line.startswith(("error: ", "fatal: "))]
    return WriteFailed("the snapshot", said[0] if said else f"git ended with status {done.status}")
