"""Discovery, as git calls it: the repository that git finds, and whether its form is one that we can read."""

import os
from pathlib import Path

from git_ctx.errors import GitTooOldHere, GitUnusable, NotARepository, UnsupportedRepository
from git_ctx.safety import own
from git_ctx.store import claims, process
from git_ctx.store.repo import Repo

OLDEST_GIT = (2, 38)

# rev-parse echoes a flag it does not know: git before 2.44 does so with this one, newer ones answer it.
_REF_FORMAT = "--show-ref-format"
_REF_STORAGES = ("files", "reftable")
_QUESTIONS = ("--git-dir", "--git-common-dir", "--show-object-format", _REF_FORMAT, "--show-toplevel")


def find(cwd: Path | None = None) -> Repo:
    """The repository that git finds from `cwd`, in the environment as it is.

    Raises `NotARepository` in git's own words, `UnsupportedRepository` where it keeps objects or
    refs as we cannot read, `GitUnusable` where git itself is missing or too old.
    """
    # Answers are paths that may hold newlines; a flag that is only echoed parts them, and none can hold it.
    parting = f"--next-{os.urandom(8).hex()}"
    questions = [word for question in _QUESTIONS for word in (question, parting)]
    done = process.run("rev-parse", "--path-format=absolute", *questions, cwd=cwd)
    answers = os.fsdecode(done.stdout).split(f"\n{parting}\n")
    # Without a work tree only the last question goes unanswered.
    if len(answers) < len(_QUESTIONS):
        raise _refusal(done.words)
    git_dir, common_dir, objects, refs, work_tree = answers[: len(_QUESTIONS)]
    if refs == _REF_FORMAT:
        _check_version()
    elif refs not in _REF_STORAGES:
        raise UnsupportedRepository(f"the {refs} ref storage")
    if objects != "sha1":
        raise UnsupportedRepository("the SHA-256 object format")
    found = Repo(
        git_dir=Path(git_dir),
        common_dir=Path(common_dir),
        work_tree=Path(work_tree) if work_tree else None,
        tables=refs == "reftable",
    )
    own.use(lambda: found.config_section("ctx.redact"))
    claims.free(found)  # runs may have died while git held lock files for them
    return found


def _refusal(words: str) -> NotARepository | GitTooOldHere:
    # git older than 2.45 stops at the extension that says how the refs are kept.
    if "refstorage" in words.lower():
        return GitTooOldHere()
    _check_version()
    detail, _, advice = words.removeprefix("fatal: ").removeprefix("error: ").partition("\n")
    return NotARepository(detail, advice.strip().removeprefix("fatal: ") or None)


def _check_version() -> None:
    told = process.run("version").stdout.decode().split()
    if (
        len(told) < 3
    ):  # it tells nothing where a configuration is broken, and says so when it is asked anything
        return
    version = told[2]
    numbers = tuple(int(part) for part in version.split(".")[:2])
    if numbers < OLDEST_GIT:
        raise GitUnusable(f"git {version} is too old")
