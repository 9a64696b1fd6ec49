"""Packs, and what git keeps beside its objects to find them: whether it is whole, and made anew.

Each of these files ends with a checksum of all before it.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha1
from pathlib import Path

from git_ctx.model import Oid
from git_ctx.store import claims, loose, objects, shared, writable
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo

Progress = Callable[[str], None]

_PACK, _INDEX, _ALL = ".pack", ".idx", "multi-pack-index"
_GRAPH = "commit-graph"
_BESIDE = {".rev": "it", ".bitmap": "it", ".mtimes": "it"}
_CHUNK = 1 << 20
_LARGEST = 1 << 29


def damaged(repo: Repo) -> Iterator[tuple[Path, str]]:
    """What is not as git wrote it, and what is the matter."""
    folder, info = repo.objects / "pack", repo.objects / "info"
    for path in sorted(folder.glob(f"*{_PACK}")):
        if not path.with_suffix(_INDEX).exists():
            yield path.with_suffix(_INDEX), "the index of the pack is missing"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        what = _what(path)
        if what is not None and not _is_whole(path):
            yield path, f"{what} is damaged"
        elif path.suffix == _INDEX and not _fits(path):
            yield path, "the index of the pack is that of another one"
    for path in (info / _GRAPH, *sorted((info / "commit-graphs").glob("*.graph"))):
        if path.exists() and not _is_whole(path):
            yield path, "the commit-graph is damaged"
    for path in sorted(repo.objects.glob("[0-9a-f][0-9a-f]/" + "[0-9a-f]" * 38)):
        if loose.is_none(path):
            yield path, "it is no object, as a power cut leaves one that was not synced"
    for place in _alternates(repo):
        if not place.is_dir():
            yield (
                info / "alternates",
                f"there is no '{os.fspath(place)}', where other objects are to be found",
            )


def _alternates(repo: Repo) -> Iterator[Path]:
    """The directories whose objects are ours, too; a relative one is so from that of our own."""
    try:
        data = (repo.objects / "info/alternates").read_bytes()
    except OSError:
        return
    for line in data.split(b"\n"):
        if line and not line.startswith((b"#", b'"')):
            yield repo.objects / os.fsdecode(line)


def make_anew(repo: Repo, aside: Path, progress: Progress) -> None:
    """Have git make again what it can of what is damaged. What was there is set aside; no object that can be
    read is lost. Where something cannot be done, it stays as it is.
    """
    found = [path for path, _ in damaged(repo)]
    if not found:
        return
    with suppress(OSError):
        shared.mkdir(aside)
        for path in found:
            if path.suffix == _INDEX:
                _index(repo, path, aside, progress)
        # A pack whose index is sound by now: by that, what can be read of it is found.
        packs = [path for path in found if path.suffix == _PACK and path.exists()]
        for path in packs:
            progress(f"reading what is left of {path.name}")
            _salvage(repo, path, aside)
        for path in found:
            if path.suffix in _BESIDE:
                _set_aside(path, aside)
            elif path.parent.parent == repo.objects and len(path.name) == 38:
                path.replace(aside / (path.parent.name + path.name))
        if any(path.suffix == _PACK or path.name == _ALL for path in found):
            _write_again(repo, repo.objects / "pack" / _ALL, aside, "multi-pack-index", "write")
        if any(_GRAPH in path.parent.name + path.name for path in found):
            for path in (repo.objects / "info/commit-graphs").glob("*"):
                _set_aside(path, aside)
            _write_again(repo, repo.objects / "info" / _GRAPH, aside, "commit-graph", "write", "--reachable")


def _what(path: Path) -> str | None:
    known = {_PACK: "the pack", _INDEX: "the index of the pack", **_BESIDE}
    return "the multi-pack-index" if path.name == _ALL else known.get(path.suffix)


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            left = os.fstat(file.fileno()).st_size - 20
            sum = sha1(usedforsecurity=False)
            while left > 0 and (data := file.read(min(_CHUNK, left))):
                sum.update(data)
                left -= len(data)
            return left == 0 and file.read() == sum.digest()
    except FileNotFoundError:  # a gc took it away meanwhile
        return True
    except OSError:
        return False


def _fits(index: Path) -> bool:
    """Whether an index is of the pack beside it: before its own checksum stands that of the pack."""
    try:
        with index.open("rb") as one, index.with_suffix(_PACK).open("rb") as other:
            one.seek(-40, os.SEEK_END)
            other.seek(-20, os.SEEK_END)
            return one.read(20) == other.read(20) or not _is_whole(index.with_suffix(_PACK))
    except OSError:
        return True  # without a pack it is in nobody's way


def _index(repo: Repo, index: Path, aside: Path, progress: Progress) -> None:
    """git reads the pack and makes its index. Where that is damaged, too, its objects come out one by one,
    as far as git gets.
    """
    unborn = index.with_name(f"tmp_idx_{os.urandom(6).hex()}")
    pack = str(index.with_suffix(_PACK))
    done = repo.run("index-pack", "--no-rev-index", "-o", str(unborn), pack, env=OFFLINE)
    try:
        if not done.status:
            _keep(index, aside)
            _bring(unborn, index)
        elif not _is_whole(index.with_suffix(_PACK)):
            progress(f"reading what is left of {index.stem}")
            there = (index, index.with_suffix(_PACK))
            for path in there:
                _set_aside(path, aside)
            if not _unpacked(repo, aside / index.with_suffix(_PACK).name):
                _put_back(there, aside)
    finally:
        unborn.unlink(missing_ok=True)


def _salvage(repo: Repo, pack: Path, aside: Path) -> None:
    """A pack of all that can be read in the place of one that is damaged: git makes none of what is not."""
    listed = repo.run("show-index", input=pack.with_suffix(_INDEX).read_bytes())
    oids = [line.split()[1] for line in listed.stdout.decode().splitlines()]
    readable = Repo(
        git_dir=repo.git_dir, common_dir=repo.common_dir, work_tree=repo.work_tree, tables=repo.tables
    )
    sound = [oid for oid in objects.ahead(readable, oids) if objects.problem(readable, oid) is None]
    if listed.status or not oids:
        return
    name = _packed(repo, sound, aside) if sound else None
    if sound and name is None:
        return
    beside = [path for path in pack.parent.glob(f"{pack.stem}.*") if path.suffix not in (_PACK, _INDEX)]
    kept = [path for path in (*beside, pack.with_suffix(_INDEX), pack) if _keep(path, aside)]
    if name is not None:
        for mark in (".promisor", ".keep"):
            if pack.with_suffix(mark) in beside:
                pack.with_name(f"pack-{name}{mark}").touch()
        for suffix in (_PACK, _INDEX):
            _bring(aside / f"new-{name}{suffix}", pack.with_name(f"pack-{name}{suffix}"))
    for path in kept:
        if name is None or not path.name.startswith(f"pack-{name}."):
            path.unlink(missing_ok=True)
    if len(sound) < len(oids) and not _unpacked(repo, aside / pack.name):
        _put_back(kept, aside)


def _unpacked(repo: Repo, pack: Path) -> bool:
    """Have what comes out of a pack one by one, as far as git gets: of one that ends otherwise than its index
    says it reads nothing else. What is there already is not written. False where the disk is full.
    """
    if pack.stat().st_size < _LARGEST:
        repo.run("unpack-objects", "-q", "-r", input=pack.read_bytes(), env=OFFLINE)
    return not writable.why(repo.objects, OSError())


def _put_back(places: Iterable[Path], aside: Path) -> None:
    for path in places:
        with suppress(FileNotFoundError):
            (aside / path.name).replace(path)


def _packed(repo: Repo, oids: list[Oid], folder: Path) -> str | None:
    """A pack of some objects, with its index, in a folder: by which checksum they are named."""
    asked = "".join(f"{oid}\n" for oid in oids).encode()
    done = repo.run("pack-objects", "-q", str(folder / "new"), input=asked, env=OFFLINE)
    name = done.stdout.decode().strip()
    for path in folder.glob("new-*.rev"):
        path.unlink()
    return name if not done.status and (folder / f"new-{name}{_INDEX}").exists() else None


def _write_again(repo: Repo, path: Path, aside: Path, *words: str) -> None:
    """Whether it can be written or not: git does without, and is misled by a wrong one."""
    there = path.exists()
    _set_aside(path, aside)
    for beside in path.parent.glob(f"{path.name}-*"):
        _set_aside(beside, aside)
    if there:
        lock = path.with_name(f"{path.name}.lock").relative_to(repo.common_dir)
        claims.run(repo, *words, takes=(str(lock),), env=OFFLINE)


def _keep(path: Path, aside: Path) -> bool:
    """Another name for a file, among what is set aside; whether there is such a file."""
    there = path.exists()
    if there:
        (aside / path.name).unlink(missing_ok=True)
        try:
            os.link(path, aside / path.name)
        except OSError:  # not every file system has such
            shutil.copyfile(path, aside / path.name)
    return there


def _set_aside(path: Path, aside: Path) -> None:
    with suppress(FileNotFoundError):
        path.replace(aside / path.name)


def _bring(made: Path, place: Path) -> None:
    shared.made(made)
    loose.sync_path(made)
    made.replace(place)
    loose.sync_path(place.parent)
