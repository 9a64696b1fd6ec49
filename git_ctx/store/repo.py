"""The repository at hand: found by git itself, asked through git, opened by pygit2 only when needed."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from git_ctx.errors import GitFailed, GitUnusable, IdentityMissing, NotARepository, UnsupportedRepository
from git_ctx.model import Oid
from git_ctx.safety import own
from git_ctx.value import dataclass

if TYPE_CHECKING:
    import pygit2

    from git_ctx.store.fresh import Fresh
    from git_ctx.store.objects import Commit, Tree
    from git_ctx.store.packed import Packed

OLDEST_GIT = (2, 38)
_LAST_WORDS = 1.0
"""Seconds for a git that is told to end."""
_ROLES = ("AUTHOR", "COMMITTER")

# rev-parse echoes a flag it does not know: git before 2.44 does so with this one, newer ones answer it.
_REF_FORMAT = "--show-ref-format"
_QUESTIONS = ("--git-dir", "--git-common-dir", "--show-object-format", _REF_FORMAT, "--show-toplevel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a git process ended."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def words(self) -> str:
        return self.stderr.decode("utf-8", "replace").strip()


@dataclass(frozen=True, kw_only=True)
class Repo:
    """A repository. All paths are absolute; `git_dir` differs from `common_dir` in a linked work tree."""

    git_dir: Path
    common_dir: Path
    work_tree: Path | None

    @property
    def shared(self) -> Path:
        """Our directory for what all work trees of the repository share."""
        return self.common_dir / "ctx"

    @property
    def private(self) -> Path:
        """Our directory for what belongs to this work tree alone."""
        return self.git_dir / "ctx"

    def git(
        self,
        *args: str,
        input: bytes | None = None,
        env: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> bytes:
        """Run git in the work tree, or in the git directory without one, and return what it printed."""
        done = self.run(*args, input=input, env=env)
        if check and done.status:
            raise GitFailed(args, done.status, done.words)
        return done.stdout

    def run(
        self,
        *args: str,
        input: bytes | None = None,
        env: Mapping[str, str] | None = None,
        keep: Sequence[int] = (),
        strange: bool = False,
    ) -> Done:
        """Run git and tell how it ended; for callers to whom a failure is an answer. `keep`: descriptors that
        it holds, too. `strange`: it reads whole what anyone may have made, and its memory has an end.
        """
        # With GIT_DIR as a hook exports it, relative, git would look in the wrong place from here.
        where = {"GIT_DIR": str(self.git_dir)}
        if self.work_tree is None:
            args = ("--bare", *args)
        else:
            where["GIT_WORK_TREE"] = str(self.work_tree)
        return _git(
            *args,
            cwd=self.work_tree or self.git_dir,
            input=input,
            env={**where, **(env or {})},
            keep=keep,
            strange=strange,
        )

    @cached_property
    def objects(self) -> Path:
        """Where objects are written to, whatever GIT_OBJECT_DIRECTORY says: sessions are to outlive that."""
        return self.common_dir / "objects"

    @cached_property
    def packed(self) -> "Packed":
        """git, to be asked for objects that are not loose."""
        from git_ctx.store.packed import Packed

        return Packed(self.git_dir)

    @cached_property
    def lately(self) -> dict[Oid, "Tree | Commit"]:
        """The trees and commits that were read last, for who reads them next."""
        return {}

    @cached_property
    def fresh(self) -> "Fresh":
        """The objects that this run wrote last: a gc may take them before a ref reaches them."""
        from git_ctx.store.fresh import Fresh

        return Fresh()

    @cached_property
    def swept(self) -> dict[str, set[Oid]]:
        """The kinds of entries that were read, and the hundreds whose entries of a kind are at hand."""
        return {}

    def pipe(
        self, first: Sequence[str], second: Sequence[str], input: bytes, env: Mapping[str, str]
    ) -> bytes:
        """What a git process prints of what another one printed: that may be more than fits into memory."""
        import tempfile

        where = {"GIT_DIR": str(self.git_dir), "LANGUAGE": "C", **env}
        words = ["git", "--no-optional-locks"]
        with tempfile.TemporaryFile() as asked:
            asked.write(input)
            asked.seek(0)
            with subprocess.Popen(
                [*words, *first],
                cwd=self.git_dir,
                env={**os.environ, **where},
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as source:
                done = subprocess.run(
                    [*words, *second],
                    cwd=self.git_dir,
                    env={**os.environ, **where},
                    stdin=source.stdout,
                    capture_output=True,
                    check=False,
                )
        if source.returncode or done.returncode:
            raise GitFailed(first, source.returncode or done.returncode, os.fsdecode(done.stderr).strip())
        return done.stdout

    def has(self, oid: str) -> bool:
        """Whether an object is here; asks no remote for it."""
        return bool(self.pygit.odb.exists(oid))

    @cached_property
    def pygit(self) -> "pygit2.Repository":
        """The repository as pygit2 has it: for what is damaged, ancestry, and the headers of objects."""
        import pygit2
        from pygit2.enums import Option, RepositoryOpenFlag

        # git checked who owns it, with safe.directory as it stands in the environment too, which
        # libgit2 does not see; asking again would refuse what git accepts.
        pygit2.option(Option.SET_OWNER_VALIDATION, False)
        try:
            return pygit2.Repository(str(self.git_dir), RepositoryOpenFlag.NO_SEARCH)
        except pygit2.GitError as error:
            raise UnsupportedRepository(f"something libgit2 cannot open ({error})") from None

    def branch(self) -> str | None:
        """The git branch that HEAD is on, born or not; None when it is detached."""
        head = (self.git_dir / "HEAD").read_bytes()
        prefix = b"ref: refs/heads/"
        return os.fsdecode(head.removeprefix(prefix).strip()) if head.startswith(prefix) else None

    def config(self, key: str) -> str | None:
        """The value that counts, i.e. the last; a key without a value is 'true', as in git."""
        return self._config.get(_canonical(key))

    def config_bool(self, key: str, default: bool) -> bool:
        value = self.config(key)
        return default if value is None else value.lower() not in ("false", "no", "off", "0", "")

    def config_of_branches(self, variable: str) -> dict[str, str]:
        """What a variable is set to, by git branch."""
        pairs = (
            (key.split(".", 1)[1].rpartition("."), value)
            for key, value in self._config.items()
            if key.startswith("branch.")
        )
        return {name: value for (name, _, found), value in pairs if found == variable.lower()}

    def config_section(self, section: str) -> list[tuple[str, str]]:
        """What is set below `<section>.<subsection>`, each variable as often as it is, in order."""
        under = f"{section}."
        return [(key.removeprefix(under), value) for key, value in self._entries if key.startswith(under)]

    @property
    def is_partial(self) -> bool:
        """Whether objects may be absent that a remote promised."""
        promised = (key.endswith(".promisor") for key, _ in self.config_section("remote"))
        return bool(self.config("extensions.partialClone")) or any(promised)

    def set_config(self, key: str, value: str) -> None:
        """Write to the repository's own configuration."""
        from git_ctx.store import claims

        claims.git(self, "config", key, value, takes=(claims.CONFIG,))
        self._entries.append((_canonical(key), value))
        self._config[_canonical(key)] = value

    def unset_config(self, key: str, value: str) -> None:
        """Take a value out of the repository's own configuration. Where that cannot be, it stays."""
        from git_ctx.store import claims

        words = ("config", "--local", "--fixed-value", "--unset-all", key, value)
        if not claims.run(self, *words, takes=(claims.CONFIG,)).status:
            self._entries.remove((_canonical(key), value))
            self._config.pop(_canonical(key))

    @cached_property
    def _config(self) -> dict[str, str]:
        return dict(self._entries)

    @cached_property
    def _entries(self) -> list[tuple[str, str]]:
        listed = os.fsdecode(self.git("config", "-z", "--list")).split("\0")
        pairs = (entry.partition("\n") for entry in listed if entry)
        return [(key, value if newline else "true") for key, newline, value in pairs]

    def identity(self) -> str:
        """Who is writing: 'Name <email>'. Raises `IdentityMissing` where git does not know."""
        return self._author[0]

    def idents(self, author: str, when: str) -> tuple[str, str]:
        """The author and committer lines of a commit made at `when`, a raw git date.

        GIT_AUTHOR_DATE and GIT_COMMITTER_DATE win over `when`, as everywhere in git.
        """
        author_date = self._author[1] if "GIT_AUTHOR_DATE" in os.environ else when
        committer, committer_date = self._committer
        if "GIT_COMMITTER_DATE" not in os.environ:
            committer_date = when
        return f"{author} {author_date}", f"{committer} {committer_date}"

    @cached_property
    def _author(self) -> tuple[str, str]:
        return self._ident("GIT_AUTHOR_IDENT")

    @cached_property
    def _committer(self) -> tuple[str, str]:
        apart = any(
            f"GIT_{role}_{what}" in os.environ for role in _ROLES for what in ("NAME", "EMAIL", "DATE")
        )
        apart |= any(self.config(f"{role}.{what}") for role in _ROLES for what in ("name", "email"))
        return self._ident("GIT_COMMITTER_IDENT") if apart else self._author

    def _ident(self, variable: str) -> tuple[str, str]:
        done = self.run("var", variable)
        if done.status and "invalid date" in done.words:  # GIT_AUTHOR_DATE, say
            raise GitFailed(("var", variable), done.status, done.words)
        if done.status:
            raise IdentityMissing
        name_and_email, _, date = done.stdout.decode("utf-8", "replace").strip().partition("> ")
        return f"{name_and_email}>", date


def find(cwd: Path | None = None) -> Repo:
    """The repository that git finds from `cwd`, in the environment as it is.

    Raises `NotARepository` in git's own words, `UnsupportedRepository` before libgit2 could misread
    anything, `GitUnusable` where git itself is missing or too old.
    """
    # Answers are paths that may hold newlines; a flag that is only echoed parts them, and none can hold it.
    parting = f"--next-{os.urandom(8).hex()}"
    questions = [word for question in _QUESTIONS for word in (question, parting)]
    done = _git("rev-parse", "--path-format=absolute", *questions, cwd=cwd)
    answers = os.fsdecode(done.stdout).split(f"\n{parting}\n")
    # Without a work tree only the last question goes unanswered.
    if len(answers) < len(_QUESTIONS):
        raise _refusal(done.words)
    git_dir, common_dir, objects, refs, work_tree = answers[: len(_QUESTIONS)]
    if refs == _REF_FORMAT:
        _check_version()
    elif refs != "files":
        raise UnsupportedRepository(f"the {refs} ref storage")
    if objects != "sha1":
        raise UnsupportedRepository("the SHA-256 object format")
    found = Repo(
        git_dir=Path(git_dir),
        common_dir=Path(common_dir),
        work_tree=Path(work_tree) if work_tree else None,
    )
    own.use(lambda: found.config_section("ctx.redact"))
    if _has_claims(found):
        from git_ctx.store import claims

        claims.free(found)
    return found


def _has_claims(repo: Repo) -> bool:
    """Whether runs are at work, or died, while git held lock files for them."""
    try:
        return any((repo.shared / "claims").iterdir())
    except OSError:
        return False


def _refusal(words: str) -> NotARepository | UnsupportedRepository:
    # git older than 2.45 stops at the extension that says how the refs are kept.
    if "refstorage" in words.lower():
        return UnsupportedRepository("the reftable ref storage")
    _check_version()
    detail, _, advice = words.removeprefix("fatal: ").partition("\n")
    return NotARepository(detail, advice.strip() or None)


def _check_version() -> None:
    version = _git("version").stdout.decode().split()[2]
    numbers = tuple(int(part) for part in version.split(".")[:2])
    if numbers < OLDEST_GIT:
        raise GitUnusable(f"git {version} is too old")


def _git(
    *args: str,
    cwd: Path | None = None,
    input: bytes | None = None,
    env: Mapping[str, str] | None = None,
    keep: Sequence[int] = (),
    strange: bool = False,
) -> Done:
    # LANGUAGE=C and not LC_ALL: messages are ours to read, but filters keep the user's character set.
    environment = {**os.environ, "LANGUAGE": "C", **(env or {})}
    if env and "GIT_WORK_TREE" not in env:
        environment.pop("GIT_WORK_TREE", None)
    try:
        process = subprocess.Popen(
            ["git", "--no-optional-locks", *args],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=keep,
        )
    except OSError as error:
        if cwd is not None and str(error.filename) == str(cwd):
            raise NotARepository(f"cannot change to '{cwd}': {error.strerror}") from None
        raise GitUnusable(f"cannot run git: {error.strerror}") from None
    if strange:
        from git_ctx.store import bounds

        bounds.bound(process.pid)
    with process:
        try:
            stdout, stderr = process.communicate(input)
        except BaseException:
            _end(process)
            raise
    return Done(status=process.returncode, stdout=stdout, stderr=stderr)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Have a git end, with the time to take its lock files away."""
    process.terminate()
    try:
        process.wait(_LAST_WORDS)
    except subprocess.TimeoutExpired:
        process.kill()


@cache
def _canonical(key: str) -> str:
    """As `git config --list` writes it: section and variable in lower case, the middle as it is."""
    section, dot, rest = key.partition(".")
    middle, last_dot, variable = rest.rpartition(".")
    return f"{section.lower()}{dot}{middle}{last_dot}{variable.lower()}"
