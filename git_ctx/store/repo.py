"""The repository at hand: asked through git; pygit2 opens its objects only when needed."""

import os
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from git_ctx.errors import GitFailed, IdentityMissing
from git_ctx.model import Oid
from git_ctx.store import process
from git_ctx.store.process import Done
from git_ctx.value import dataclass

if TYPE_CHECKING:
    import pygit2

    from git_ctx.store.fresh import Fresh
    from git_ctx.store.objects import Commit, Tree
    from git_ctx.store.packed import Packed

_ROLES = ("AUTHOR", "COMMITTER")


@dataclass(frozen=True, kw_only=True)
class Repo:
    """A repository. All paths are absolute; `git_dir` differs from `common_dir` in a linked work tree.

    Refs are files of git's, or rows in its `tables` (reftable), which git alone reads and writes.
    """

    git_dir: Path
    common_dir: Path
    work_tree: Path | None
    tables: bool = False

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
        return process.run(
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
        return process.pipe(first, second, self.git_dir, input, {"GIT_DIR": str(self.git_dir), **env})

    def has(self, oid: str) -> bool:
        """Whether an object is here; asks no remote for it."""
        return bool(self.odb.exists(oid))

    @cached_property
    def odb(self) -> "pygit2.Odb":
        """The objects as libgit2 has them: for what is damaged, and whether something is here at all."""
        import pygit2

        return pygit2.Odb(str(self.objects))

    def branch(self) -> str | None:
        """The git branch that HEAD is on, born or not; None when it is detached."""
        return self.branch_of(self.git_dir)

    def branch_of(self, home: Path) -> str | None:
        """The same of another work tree, by its git directory."""
        if self.tables:
            head = b"ref: " + self.run(f"--git-dir={home}", "symbolic-ref", "--quiet", "HEAD").stdout
        else:
            head = (home / "HEAD").read_bytes()
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

    def note_config(self, key: str, value: str, *, is_set: bool) -> None:
        """Go by what was just written to the configuration, or taken out of it."""
        entry = _canonical(key), value
        if is_set:
            self._entries.append(entry)
        else:
            self._entries.remove(entry)
        self._config.clear()
        self._config.update(self._entries)

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


@cache
def _canonical(key: str) -> str:
    """As `git config --list` writes it: section and variable in lower case, the middle as it is."""
    section, dot, rest = key.partition(".")
    middle, last_dot, variable = rest.rpartition(".")
    return f"{section.lower()}{dot}{middle}{last_dot}{variable.lower()}"
