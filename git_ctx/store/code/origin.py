"""Where a git branch came from, as git's reflogs tell it: made from another one, renamed or copied."""

from git_ctx.pattern import lazily
from git_ctx.store import reflogs
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

_MOVED = lazily(r"checkout: moving from (\S+) to (\S+)")
_RENAMED = lazily(r"Branch: renamed refs/heads/(\S+) to refs/heads/(\S+)")
_COPIED = lazily(r"Branch: copied refs/heads/(\S+) to refs/heads/(\S+)")
_CREATED = "branch: Created from "
_STEPS = lazily(r"(?:~\d*|\^\d*|@\{.*)+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A git branch was made from another one, `when` in seconds."""

    source: str
    when: int


def made_from(repo: Repo, git_branch: str) -> Made | None:
    """The git branch that another one was made from, or copied from; None where git does not know.

    One that was made from a remote's branch, a tag or a bare commit was made from no branch.
    """
    lines = reflogs.moves(repo, f"refs/heads/{git_branch}")
    for when, words in reversed(lines):
        if copied := _COPIED.fullmatch(words):
            return Made(source=copied[1], when=when)
    if not lines or not lines[0][1].startswith(_CREATED):
        return None
    when, words = lines[0]
    source: str | None = _STEPS.sub("", words.removeprefix(_CREATED)).removeprefix("refs/heads/")
    if source in ("HEAD", "@", ""):
        source = _left(repo, _name_at_birth(git_branch, lines), when)
    return Made(source=source, when=when) if source and _is_branch(repo, source) else None


def copied_from(repo: Repo, git_branch: str) -> str | None:
    """The branch that `git branch -c` made this one of, whatever it was called at first."""
    for _, words in reversed(reflogs.moves(repo, f"refs/heads/{git_branch}")):
        if copied := _COPIED.fullmatch(words):
            return copied[1]
    return None


def was_renamed(repo: Repo, old: str, new: str) -> bool:
    """Whether `git branch -m` ever made the branch `new` of one called `old`."""
    log = reflogs.moves(repo, f"refs/heads/{new}")
    return any((renamed := _RENAMED.fullmatch(words)) and renamed[1] == old for _, words in log)


def _name_at_birth(git_branch: str, lines: list[tuple[int, str]]) -> str:
    for _, words in lines:
        if renamed := _RENAMED.fullmatch(words):
            return renamed[1]
    return git_branch


def _left(repo: Repo, git_branch: str, since: int) -> str | None:
    """The branch that HEAD was on before it first moved to this one."""
    for when, words in reflogs.moves(repo, "HEAD"):
        moved = _MOVED.fullmatch(words)
        if when >= since and moved and moved[2] == git_branch:
            return moved[1]
    # `git worktree add -b` moves no HEAD: it gives the new work tree one of its own.
    return _stood(repo, since) if repo.git_dir != repo.common_dir else None


def _stood(repo: Repo, when: int) -> str | None:
    """The branch that the main work tree was on at a time."""
    name = repo.branch_of(repo.common_dir)
    for moment, words in reversed(reflogs.moves(repo, "main-worktree/HEAD")):
        if moved := _MOVED.fullmatch(words):
            if moment <= when:
                return moved[2]
            name = moved[1]
    return name


def _is_branch(repo: Repo, name: str) -> bool:
    return not repo.run("show-ref", "--verify", "--quiet", f"refs/heads/{name}").status
