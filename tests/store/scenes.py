"""Work trees of every sort: each scene changes the repository that `base` made, by git or by hand."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.support import commit, git, init, write

ODD = os.fsdecode(b'odd \n"\xff')


def base(path: Path) -> Path:
    repo = init(path)
    (repo / "link").symlink_to("app.py")
    files: dict[str, str | bytes] = {
        "app.py": "def main():\n    return 0\n",
        "lib/a.py": "a = 1\n",
        "lib/deep/b.py": "b = 2\n",
        "-dash": "starts with a dash\n",
        ODD: "an odd name\n",
        "data.bin": b"\0\1\2\r\n",
        ".gitignore": "*.log\nbuild/\n",
    }
    commit(repo, files, "the base")
    return repo


def clean(repo: Path) -> None:
    pass


def edited(repo: Path) -> None:
    write(repo, {"app.py": "def main():\n    return 1\n", ODD: "changed\n", "-dash": "changed\n"})


def same_size_in_the_same_instant(repo: Path) -> None:
    """What git can only find by reading the file: nothing but the index's own age gives a hint."""
    git(repo, "config", "core.trustctime", "false")
    instant = (1_700_000_000_000_000_000, 1_700_000_000_000_000_000)
    os.utime(repo / "app.py", ns=instant)
    git(repo, "add", "app.py")
    os.utime(repo / ".git/index", ns=instant)
    write(repo, {"app.py": "def main():\n    return 7\n"})
    os.utime(repo / "app.py", ns=instant)


def untracked(repo: Path) -> None:
    names = {"new.py": "new\n", "x/y/z.txt": "deep\n", os.fsdecode(b"\xfe\n"): "odd\n", "-n": "dash\n"}
    write(repo, {**names, "x/a.log": "ignored", "build/out.py": "ignored"})


def deleted(repo: Path) -> None:
    (repo / "app.py").unlink()
    (repo / "lib/deep/b.py").unlink()
    (repo / "lib/deep").rmdir()
    (repo / ODD).unlink()


def all_deleted(repo: Path) -> None:
    for name in git(repo, "ls-files", "-z").split("\0")[:-1]:
        (repo / name).unlink()


def modes(repo: Path) -> None:
    (repo / "app.py").chmod(0o755)
    write(repo, {"run": "#!/bin/sh\n"})
    (repo / "run").chmod(0o755)


def links(repo: Path) -> None:
    (repo / "link").unlink()
    (repo / "link").symlink_to("lib")
    (repo / "out").symlink_to("../elsewhere")
    (repo / "dangling").symlink_to("nowhere")


def file_to_link_to_folder(repo: Path) -> None:
    (repo / "app.py").unlink()
    (repo / "app.py").symlink_to("lib/a.py")
    (repo / "link").unlink()
    write(repo, {"link/now": "a folder\n"})
    (repo / "lib/a.py").unlink()
    (repo / "lib/deep/b.py").unlink()
    (repo / "lib/deep").rmdir()
    (repo / "lib").rmdir()
    write(repo, {"lib": "a file now\n"})


def folder_to_link(repo: Path) -> None:
    (repo / "lib").rename(repo / "moved")
    (repo / "lib").symlink_to("moved")


def renamed(repo: Path) -> None:
    git(repo, "mv", "app.py", "main.py")
    (repo / "lib/a.py").rename(repo / "lib/c.py")


def staged(repo: Path) -> None:
    write(repo, {"app.py": "staged\n", "staged.py": "staged\n"})
    git(repo, "add", "app.py", "staged.py")
    git(repo, "rm", "-q", "lib/a.py")


def staged_and_edited_again(repo: Path) -> None:
    staged(repo)
    write(repo, {"app.py": "def main():\n    return 0\n", "staged.py": "more\n"})


def staged_and_gone(repo: Path) -> None:
    staged(repo)
    (repo / "staged.py").unlink()


def untracked_again(repo: Path) -> None:
    git(repo, "rm", "-q", "--cached", "app.py", "lib/a.py")
    write(repo, {"app.py": "not tracked, yet here\n"})


def intended(repo: Path) -> None:
    write(repo, {"soon.py": "soon\n", "later.py": "later\n"})
    git(repo, "add", "-N", "soon.py", "later.py")
    (repo / "later.py").unlink()


def conflict(repo: Path) -> None:
    git(repo, "switch", "-q", "-c", "other")
    commit(repo, {"app.py": "theirs\n", "lib/a.py": "theirs\n", "both": "theirs\n"})
    git(repo, "switch", "-q", "main")
    (repo / "lib/a.py").unlink()
    commit(repo, {"app.py": "ours\n", "both": "ours\n"})
    git(repo, "merge", "-q", "other", check=False)
    assert git(repo, "ls-files", "-u")


def conflict_half_solved(repo: Path) -> None:
    conflict(repo)
    write(repo, {"app.py": "solved\n"})
    (repo / "both").unlink()


def unborn(repo: Path) -> None:
    git(repo, "switch", "-q", "--orphan", "fresh")
    write(repo, {"first.py": "first\n", "in/staged.py": "1\n", "in/changed.py": "1\n", "gone.py": "1\n"})
    git(repo, "add", "in", "gone.py")
    write(repo, {"in/changed.py": "changed since\n"})
    (repo / "gone.py").unlink()


def no_index(repo: Path) -> None:
    (repo / ".git/index").unlink()


def detached(repo: Path) -> None:
    git(repo, "switch", "-q", "--detach")
    edited(repo)


def sparse(repo: Path) -> None:
    commit(repo, {"far/x.py": "x\n"})
    git(repo, "sparse-checkout", "set", "--cone", "lib/deep")
    assert not (repo / "far").exists()
    write(repo, {"lib/deep/b.py": "changed\n", "lib/deep/new.py": "new\n"})


def sparse_index(repo: Path) -> None:
    commit(repo, {"far/away/x.py": "x\n", "far/away/y.py": "y\n"})
    git(repo, "sparse-checkout", "set", "--cone", "--sparse-index", "lib/deep")
    assert not (repo / "far").exists()
    write(repo, {"lib/deep/b.py": "changed\n"})


def split_index(repo: Path) -> None:
    git(repo, "update-index", "--split-index")
    edited(repo)
    untracked(repo)


def assumed(repo: Path) -> None:
    git(repo, "update-index", "--assume-unchanged", "app.py")
    git(repo, "update-index", "--skip-worktree", "lib/a.py")
    write(repo, {"app.py": "nobody looks\n", "lib/a.py": "nobody looks\n", "-dash": "seen\n"})


def line_ends(repo: Path) -> None:
    git(repo, "config", "core.autocrlf", "true")
    git(repo, "config", "core.safecrlf", "true")
    write(repo, {"app.py": "one\r\ntwo\r\n", "new.txt": "mixed\r\nends\n"})


def filtered(repo: Path) -> None:
    git(repo, "config", "filter.shout.clean", "tr a-z A-Z")
    git(repo, "config", "filter.shout.required", "true")
    write(repo, {".gitattributes": "*.py filter=shout\n", "app.py": "quiet\n", "new.py": "quiet too\n"})


def encoded(repo: Path) -> None:
    write(
        repo,
        {
            ".gitattributes": "*.u16 text working-tree-encoding=UTF-16LE\n",
            "x.u16": "hä\n".encode("utf-16-le"),
        },
    )


def submodule(repo: Path) -> None:
    other = init(repo.parent / "other")
    commit(other, {"x": "x\n"})
    git(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    git(repo, "commit", "-q", "-m", "a submodule")
    commit(repo / "sub", {"x": "newer\n"})
    write(repo / "sub", {"dirty": "not ours\n"})


def no_modes(repo: Path) -> None:
    git(repo, "config", "core.fileMode", "false")
    (repo / "app.py").chmod(0o755)
    write(repo, {"lib/a.py": "changed\n", "new.sh": "new\n"})
    (repo / "lib/a.py").chmod(0o755)
    (repo / "new.sh").chmod(0o755)


SCENES: tuple[Callable[[Path], None], ...] = (
    clean,
    edited,
    same_size_in_the_same_instant,
    untracked,
    deleted,
    all_deleted,
    modes,
    links,
    file_to_link_to_folder,
    folder_to_link,
    renamed,
    staged,
    staged_and_edited_again,
    staged_and_gone,
    untracked_again,
    intended,
    conflict,
    conflict_half_solved,
    unborn,
    no_index,
    detached,
    sparse,
    sparse_index,
    split_index,
    assumed,
    line_ends,
    filtered,
    encoded,
    submodule,
    no_modes,
)
