"""How git would show things here: its pager, and whether in colour."""

from git_ctx.store.repo import Repo


def pager(repo: Repo) -> str | None:
    """The command that git pages through (GIT_PAGER, core.pager, PAGER, less); None where that is none."""
    done = repo.run("var", "GIT_PAGER")
    command = done.stdout.decode("utf-8", "surrogateescape").strip()
    return None if done.status or command in ("", "cat") else command


def coloured(repo: Repo, slot: str, terminal: bool) -> bool:
    """What `color.<slot>`, else `color.ui` says of output that does, or does not, reach a terminal."""
    answer = repo.run("config", "--get-colorbool", f"color.{slot}", "true" if terminal else "false")
    return answer.stdout.strip() == b"true"
