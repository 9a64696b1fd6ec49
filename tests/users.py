"""Two people of this machine in one repository: other user ids, a common group. Only root can play them."""

import os
import shutil
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

GROUP = 61000
IDS = {"ada": 61001, "bob": 61002}
_ROOT = Path(__file__).parents[1]


@cache
def python() -> str | None:
    """An interpreter that others than root can run, with what git ctx needs; None where there is none."""
    if os.getuid():
        return None
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in filter(None, (sys.executable, shutil.which(own, path="/usr/bin:/usr/local/bin"))):
        words = [found, "-c", "import ahocorasick_rs, click, pygit2, git_ctx.cli.door"]
        try:
            done = subprocess.run(words, env=_path(), user=IDS["ada"], group=GROUP, capture_output=True)
        except OSError:
            continue
        if not done.returncode:
            return found
    return None


def _path() -> dict[str, str]:
    further = [entry for entry in sys.path if entry.endswith("site-packages")]
    return {"PYTHONPATH": os.pathsep.join([str(_ROOT), *further]), "PYTHONDONTWRITEBYTECODE": "1"}


class Project:
    """A repository of ada's that a group shares, with a bare one to push to; each has a home of their own."""

    def __init__(self, place: Path, how: str, umask: int) -> None:
        self.place, self.repo, self._umask = place, place / "repo", umask
        place.chmod(0o755)
        for name, id in IDS.items():
            home = place / name
            home.mkdir()
            os.chown(home, id, id)
            # git asks of each whether a repository of somebody else's is to be trusted
            (home / ".gitconfig").write_text(
                f"[safe]\n\tdirectory = *\n[user]\n\tname = {name}\n\temail = {name}@example.com\n"
            )
        for name, options in (("server", ["--bare"]), ("repo", [])):
            (place / name).mkdir()
            os.chown(place / name, IDS["ada"], GROUP)
            (place / name).chmod(0o2775)
            self.git("ada", "init", "-q", "-b", "main", f"--shared={how}", *options, at=place / name)
        for number in range(3):
            path = self.repo / f"part_{number}.py"
            path.write_text(f"def login_{number}():\n    return {number}\n")
            os.chown(path, IDS["ada"], GROUP)
            path.chmod(0o664)
        self.git("ada", "add", "-A")
        self.git("ada", "commit", "-q", "-m", "parts")
        self.git("ada", "remote", "add", "origin", str(place / "server"))

    def git(self, who: str, *words: str, at: Path | None = None) -> None:
        done = self._run(who, ["git", *words], at or self.repo)
        assert not done.returncode, done.stderr

    def ctx(self, who: str, *words: str) -> "subprocess.CompletedProcess[str]":
        command = "import sys; from git_ctx.cli.door import run; sys.exit(run(sys.argv[1:]))"
        return self._run(who, [python() or "", "-c", command, *words], self.repo)

    def _run(self, who: str, words: list[str], at: Path) -> "subprocess.CompletedProcess[str]":
        env = {
            "HOME": str(self.place / who),
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            **_path(),
        }
        ids = {"user": IDS[who], "group": IDS[who], "extra_groups": [GROUP], "umask": self._umask}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            words, cwd=at, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, **ids
        )

    def odd(self) -> Counter[str]:
        """What is in the way of the others' git and git ctx."""
        return Counter(unshared(self.repo / ".git"))


def unshared(git_dir: Path) -> Iterator[str]:
    """The files and directories of a git directory that others of the group cannot use as its owner can.

    Drafts stay their writer's, and a message that git alone wrote is as git left it.
    """
    for path in git_dir.rglob("*"):
        name, mode = str(path.relative_to(git_dir)), stat.S_IMODE(path.lstat().st_mode)
        if name.startswith("ctx/pending/") or name == "COMMIT_EDITMSG" or path.is_symlink():
            continue
        needed = 0o2070 if path.is_dir() else 0o040 | (mode & stat.S_IWUSR) >> 3
        if mode & needed != needed:
            yield f"{name}: {mode:o}"
