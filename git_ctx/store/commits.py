"""Session commits: bytes of our own making, or git's where the user signs."""

from datetime import datetime

from git_ctx.errors import GitFailed
from git_ctx.model import Oid, State
from git_ctx.store import message
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer


def raw_date(when: datetime) -> str:
    """A time as commits hold it: seconds, and the zone as +hhmm."""
    return f"{int(when.timestamp())} {when.strftime('%z')[:5]}"


def trailers(event: str, id: str | None, session: str, state: State, prompts: int) -> dict[str, str]:
    """The summary at the end of a message. `id` None: it brings no event of its own, but joins two lines."""
    return {
        "Ctx-Event": event,
        **({"Ctx-Id": id} if id is not None else {}),
        "Ctx-Session": session,
        "Ctx-State": state,
        "Ctx-Prompts": str(prompts),
    }


def idents(repo: Repo, when: datetime, author: str | None = None) -> tuple[str, str]:
    """The author and committer lines of a commit that is made at `when`; the user is both unless told."""
    return repo.idents(message.clean_ident(author or repo.identity()), raw_date(when))


def make(
    repo: Repo,
    writer: Writer,
    tree: Oid,
    parents: tuple[Oid, ...],
    subject: str,
    trailers: dict[str, str],
    when: datetime,
    author: str | None,
) -> tuple[Oid, str]:
    """Write a commit of a session; the committer line comes along for the reflog. Raises as `write` does."""
    author_line, committer_line = idents(repo, when, author)
    text = message.build(subject, trailers)
    oid = write(
        repo, writer, tree=tree, parents=parents, text=text, author=author_line, committer=committer_line
    )
    return oid, committer_line


def write(
    repo: Repo, writer: Writer, *, tree: Oid, parents: tuple[Oid, ...], text: str, author: str, committer: str
) -> Oid:
    """Write a commit, signed where `commit.gpgSign` says so; `author` and `committer` end in a raw date.

    Raises `GitFailed` where signing fails.
    """
    if repo.config_bool("commit.gpgSign", False):
        oid = _signed(repo, tree, parents, text, author, committer)
        writer.adopt_commit(oid)
        return oid
    header = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    header += [f"author {author}", f"committer {committer}"]
    return writer.commit("\n".join([*header, "", text]).encode())


def _signed(repo: Repo, tree: Oid, parents: tuple[Oid, ...], text: str, author: str, committer: str) -> Oid:
    options = ("-c", "core.fsync=loose-object", "-c", "i18n.commitEncoding=UTF-8")
    words = ("commit-tree", "-S", *(word for parent in parents for word in ("-p", parent)), tree)
    env = {**_environment("AUTHOR", author), **_environment("COMMITTER", committer)}
    done = repo.run(*options, *words, input=text.encode(), env=env)
    if done.status:
        raise GitFailed(words, done.status, done.words)
    return done.stdout.decode().strip()


def _environment(role: str, line: str) -> dict[str, str]:
    ident, seconds, zone = line.rsplit(" ", 2)
    name, _, email = message.clean_ident(ident).rpartition(" <")
    return {
        f"GIT_{role}_NAME": name,
        f"GIT_{role}_EMAIL": email.removesuffix(">"),
        f"GIT_{role}_DATE": f"@{seconds} {zone}",
    }
