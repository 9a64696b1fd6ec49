"""Names under refs/ctx/: build, check, parse, list."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

from git_ctx.errors import BrokenSession, GitFailed, InvalidName
from git_ctx.model import Oid, SessionBranch, State
from git_ctx.store import message
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

HEADS = "refs/ctx/heads/"
SNAP = "refs/ctx/snap/"
REMOTES = "refs/ctx/remotes/"

_STATES: frozenset[str] = frozenset(get_args(State))
_LATEST = 2**37  # a time that every clock of ours can hold
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A session branch as one for-each-ref tells of it. A broken one says what its `problem` is."""

    branch: SessionBranch
    tip: Oid
    updated: datetime
    subject: str = ""
    session: str = ""
    state: str = "broken"
    prompts: int = 0
    problem: str | None = None


def refname(branch: SessionBranch) -> str:
    return HEADS + path(branch)


def snapname(branch: SessionBranch) -> str:
    return SNAP + path(branch)


def path(branch: SessionBranch) -> str:
    """What stands below refs/ctx/heads/ and refs/ctx/snap/: the session, and the branch in one part."""
    return f"{check_name(branch.session)}/{encode(branch.branch)}"


def encode(branch: str) -> str:
    """A branch's or remote's name as one part of a refname: `%`, `/` and bytes not UTF-8 become %XX."""
    plain = branch.replace("%", "%25").replace("/", "%2F")
    return re.sub("[\udc80-\udcff]", lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", plain)


def decode(part: str) -> str | None:
    """The name that `encode` made this of; None where it did not."""
    if part.isascii() and "%" not in part and "/" not in part:
        return part or None
    plain = re.sub(rb"%([0-9A-F]{2})", lambda byte: bytes([int(byte[1], 16)]), os.fsencode(part))
    name = os.fsdecode(plain)
    return name if name and encode(name) == part else None


def parse(refname: str, under: str = HEADS) -> SessionBranch | None:
    """The session branch that a ref stands for, None for any other ref."""
    session, _, part = refname.removeprefix(under).partition("/")
    branch = decode(part)
    if not refname.startswith(under) or not _is_name(session) or branch is None:
        return None
    return SessionBranch(session=session, branch=branch)


def check_name(name: str) -> str:
    """The name itself, or `InvalidName`: a narrow alphabet, less what git refuses in a refname."""
    if not _is_name(name):
        raise InvalidName(name)
    return name


def _is_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and ".." not in name and not name.endswith((".", ".lock"))


def tip(repo: Repo, branch: SessionBranch) -> Oid | None:
    """The commit that a session branch is at; None where there is no such branch."""
    name = refname(branch)
    done = repo.run("for-each-ref", "--format=%(objectname)", name)
    if name in ignored(done.stderr):
        raise BrokenSession(str(branch), f"git cannot read {name}")
    return done.stdout.decode().strip() or None


def held(repo: Repo, refname: str) -> Oid | None:
    """What a ref holds, however git keeps it; None where there is no such ref."""
    fields = "%(refname)%00%(objectname)%00%(symref)"
    for line in os.fsdecode(repo.git("for-each-ref", f"--format={fields}", "--", refname)).splitlines():
        name, oid, other = line.split("\0")
        if name == refname and other:
            raise BrokenSession(refname, f"it points to another ref, {other}")
        if name == refname:
            return oid
    return None


def targets(repo: Repo, *prefixes: str) -> dict[str, Oid]:
    """The refs under some prefixes, and what they hold."""
    listed = os.fsdecode(repo.git("for-each-ref", "--format=%(objectname) %(refname)", "--", *prefixes))
    return {name: oid for oid, _, name in (line.partition(" ") for line in listed.splitlines())}


def is_lost(repo: Repo, branch: SessionBranch) -> bool:
    """Whether a branch has a reflog and no ref: with a ref, git deletes its reflog."""
    name = refname(branch)
    try:
        return (repo.common_dir / "logs" / name).stat().st_size > 0 and tip(repo, branch) is None
    except OSError:
        return False


def has(repo: Repo, tip: Oid, path: str) -> bool:
    """Whether a commit's tree has a path; asked of git, without the price of reading objects ourselves."""
    return not repo.run("rev-parse", "--quiet", "--verify", f"{tip}:{path}").status


def listing(repo: Repo, *patterns: str, under: str = HEADS) -> list[Listed]:
    """Every session branch, or those under some refnames or globs; the last touched first.

    One git process. A session that is damaged is listed as broken, and hides no other.
    """
    wanted = patterns or (under,)
    done = repo.run("for-each-ref", f"--format={_FORMAT}", "--", *wanted)
    if done.status:  # a newer git has stopped there, and names no broken ref behind it
        names = ("for-each-ref", "--format=%(refname)", "--", *wanted)
        done = repo.run(*names)
        if done.status:
            raise GitFailed(names, done.status, done.words)
        found = _salvaged(repo, os.fsdecode(done.stdout).splitlines(), under)
    else:
        found = [_listed(record, under) for record in _records(done.stdout)]
    lost = [_broken(name, "", f"git cannot read {name}", under) for name in ignored(done.stderr)]
    known = [listed for listed in (*found, *lost) if listed is not None]
    return sorted(known, key=lambda one: (-one.updated.timestamp(), one.branch))


def unreadable(repo: Repo, under: str) -> list[str]:
    """The refs whose files hold no object id: git lists none of them, and deletes none. So it does, and says
    nothing, with those that stand for a ref that is not there.
    """
    told = ignored(repo.run("for-each-ref", "--format=", "--", under).stderr)
    for folder, _, names in os.walk(repo.common_dir / under):
        found = [Path(folder, name) for name in names if not name.endswith(".lock")]
        told += [path.relative_to(repo.common_dir).as_posix() for path in found if _leads_nowhere(repo, path)]
    return list(dict.fromkeys(told))


def _leads_nowhere(repo: Repo, path: Path) -> bool:
    try:
        with path.open("rb") as file:
            if file.read(5) != b"ref: ":
                return False
    except OSError:
        return False
    name = path.relative_to(repo.common_dir).as_posix()
    return bool(repo.run("rev-parse", "--quiet", "--verify", "--end-of-options", name).status)


# Fields end with NUL, which no commit message can bring.
_FIELDS = ("refname", "objectname", "objecttype", "committerdate:raw", "contents")
_FORMAT = "".join(f"%({field})%00" for field in _FIELDS)


def _records(printed: bytes) -> Iterator[tuple[str, ...]]:
    fields = printed.decode("utf-8", "surrogateescape").split("\0")
    for start in range(0, len(fields) - len(_FIELDS), len(_FIELDS)):
        yield tuple(fields[start : start + len(_FIELDS)])


def _listed(record: tuple[str, ...], under: str) -> Listed | None:
    name, oid, kind, date, text = record
    branch = parse(name.lstrip("\n"), under)
    if branch is None:
        return None
    if kind != "commit":
        return _broken(name.lstrip("\n"), oid, f"{oid} is a {kind}, not a commit", under)
    trailers = message.parse(text)
    state, prompts = trailers.get("Ctx-State", ""), trailers.get("Ctx-Prompts", "")
    return Listed(
        branch=branch,
        tip=oid,
        updated=_date(date),
        subject=message.subject(text),
        session=trailers.get("Ctx-Session", ""),
        state=state if state in _STATES else "active",  # anyone may have written anything there
        prompts=int(prompts) if prompts.isascii() and prompts.isdigit() and len(prompts) < 10 else 0,
    )


def _date(raw: str) -> datetime:
    seconds, _, zone = raw.partition(" ")
    try:
        offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
        return datetime.fromtimestamp(min(int(seconds), _LATEST), timezone(offset))
    except (ValueError, OverflowError, OSError, IndexError):
        return datetime.fromtimestamp(0, UTC)


def _salvaged(repo: Repo, names: list[str], under: str) -> list[Listed | None]:
    """The listing where an object that a ref names is missing or damaged: for-each-ref then tells nothing,
    so the refs are halved until the damaged ones stand alone.
    """
    done = repo.run("for-each-ref", f"--format={_FORMAT}", "--", *names)
    if done.status == 0:
        return [_listed(record, under) for record in _records(done.stdout)]
    if len(names) == 1:
        problem = message.last_words(done.words)
        return [_broken(names[0], _target(repo, names[0]), problem, under)]
    middle = len(names) // 2
    return _salvaged(repo, names[:middle], under) + _salvaged(repo, names[middle:], under)


def _target(repo: Repo, name: str) -> Oid:
    return repo.git("for-each-ref", "--format=%(objectname)", name).decode().strip()


def _broken(name: str, oid: Oid, problem: str, under: str) -> Listed | None:
    branch = parse(name, under)
    if branch is None:
        return None
    return Listed(branch=branch, tip=oid, updated=datetime.fromtimestamp(0, UTC), problem=problem)


def ignored(stderr: bytes) -> list[str]:
    """Refs that git passes over since their files hold no object id."""
    mark = "warning: ignoring broken ref "
    lines = os.fsdecode(stderr).splitlines()
    return [line.removeprefix(mark) for line in lines if line.startswith(mark)]
