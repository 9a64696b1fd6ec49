"""What differs between two prompts or saves, or between one and the work tree."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from git_ctx.errors import UsageError
from git_ctx.porcelain import here, moment
from git_ctx.porcelain.look import Said, said
from git_ctx.porcelain.moment import Moment
from git_ctx.safety import secrets
from git_ctx.store import refs
from git_ctx.store.files import compare, pathspec
from git_ctx.store.files.compare import Side
from git_ctx.store.repo import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two sides; without `new` it is the work tree. `withheld` paths cannot be compared: why."""

    repo: Repo
    old: Moment
    new: Moment | None
    right: str | Side
    specs: tuple[str, ...]
    withheld: Mapping[str, str]

    def shown(self, *options: str) -> bytes:
        """As git shows it under these options."""
        return compare.diff(self.repo, self.old.tree, self.right, options, self.specs, self.withheld)

    def changes(self) -> list[tuple[str, str | None, str]]:
        """Letter, old path of a renamed file, and path of each file that differs."""
        printed = self.shown("--name-status", "-z", "-M", "--no-ext-diff", "--no-relative")
        return list(compare.changes(printed))

    def said(self) -> list[Said]:
        """What was asked and answered between the two, oldest first."""
        end = self.new or self.old
        tip = refs.tip(self.repo, end.branch) if self.new is None and end.branch else None
        first, last = self.old.event, self.new.event if self.new else None
        if last is not None and last < first:
            first, last = last, first
            tip = self.old.commit
        return list(said(self.repo, tip or end.commit, first, last))


@contextmanager
def compared(
    repo: Repo, wanted: str | None, revisions: Sequence[str], paths: Sequence[str]
) -> Iterator[Compared]:
    """The sides that up to two revisions name: by default the last prompt or save, and the work tree."""
    if len(revisions) > 2:
        raise UsageError("give two revisions at most; paths come after '--'", "git ctx diff OLD NEW -- PATH")
    specs = pathspec.pathspecs(repo, paths)
    old = moment.moment(repo, wanted, revisions[0] if revisions else "@")
    if len(revisions) == 2:
        new = moment.moment(repo, wanted, revisions[1])
        held = old.withheld | new.withheld
        yield Compared(repo=repo, old=old, new=new, right=new.tree, specs=specs, withheld=held)
        return
    here.need_work_tree(repo)
    with compare.work_tree(repo, secrets.withhold) as (side, now):
        held = old.withheld | now
        yield Compared(repo=repo, old=old, new=None, right=side, specs=specs, withheld=held)
