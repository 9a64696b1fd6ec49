"""What was asked last in session branches, by the subjects of their commits."""

from collections.abc import Iterable

from git_ctx.model import Oid
from git_ctx.store.asking import OFFLINE
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo

_MOST_STEPS = 12
_ASKED = "prompt: "


def titles(repo: Repo, listed: Iterable[Listed]) -> dict[Oid, str]:
    """The first line of the last prompt of each branch, by its tip; where that is far back, there is none."""
    found = {}
    left: dict[Oid, list[Oid]] = {}
    for one in listed:
        if one.subject.startswith(_ASKED):
            found[one.tip] = one.subject.removeprefix(_ASKED)
        elif one.problem is None and one.prompts:
            left.setdefault(one.tip, []).append(one.tip)
    for _ in range(_MOST_STEPS):
        left = _step(repo, left, found) if left else {}
    return found


def _step(repo: Repo, left: dict[Oid, list[Oid]], found: dict[Oid, str]) -> dict[Oid, list[Oid]]:
    """One git process: look at some commits for those who wait; who has to look further, and where."""
    further: dict[Oid, list[Oid]] = {}
    words = ("log", "--no-walk=unsorted", "--stdin", "--no-show-signature", "--no-notes", "--encoding=UTF-8")
    asked = "\n".join(left).encode()
    printed = repo.run(*words, "--format=%H%x00%P%x00%s%x00%x00", input=asked, env=OFFLINE).stdout
    for record in printed.decode("utf-8", "replace").split("\0\0\n"):
        oid, _, rest = record.partition("\0")
        parents, _, subject = rest.partition("\0")
        waiting = left.get(oid, [])
        if subject.startswith(_ASKED):
            found.update(dict.fromkeys(waiting, subject.removeprefix(_ASKED)))
        elif parents:
            further.setdefault(parents.split()[0], []).extend(waiting)
    return further
