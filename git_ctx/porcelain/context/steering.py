"""What steers a context: a session's pinned files and principles, and what was asked for with the prompt."""

from collections.abc import Collection, Iterable

from git_ctx.model import Oid
from git_ctx.porcelain import guide, pins, settings
from git_ctx.porcelain.context.scope import ALL, View
from git_ctx.porcelain.guide import Told
from git_ctx.porcelain.settings import Held
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """`pins` are files of the work tree; `gone` are principles that hold no longer."""

    pins: tuple[str, ...] = ()
    hold: tuple[Held, ...] = ()
    gone: tuple[Held, ...] = ()
    view: View = ALL

    def tell(self, known: Collection[str], budget: int) -> Told:
        """The principles for a chat that knows some."""
        return guide.tell(self.hold, self.gone, known, budget)


def steer(repo: Repo, tip: Oid, names: Iterable[str]) -> Steering:
    """As a session stands at `tip`, for the files named."""
    hold, gone = settings.guidance(repo, tip)
    return Steering(pins=pins.pinned(repo, tip, names), hold=hold, gone=gone)
