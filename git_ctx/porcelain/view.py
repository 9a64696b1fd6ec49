"""A session to look at: a page for the browser, a transcript for a review."""

from collections.abc import Iterator
from pathlib import Path

from git_ctx.porcelain.story import Wish, story
from git_ctx.render import html, transcript
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import pages
from git_ctx.story import Story
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A session rendered, piece by piece; `redacted` are the rules that took something out of it."""

    session: str
    text: Iterator[str]
    redacted: tuple[str, ...]


def page(repo: Repo, wanted: str | None, wish: Wish) -> Page:
    """A session, or the branch that NAME@BRANCH names, as HTML. Raises as `story` does."""
    told = story(repo, wanted, wish)
    return _page(told, html.render(told))


def markdown(repo: Repo, wanted: str | None, wish: Wish) -> Page:
    """The same as Markdown."""
    told = story(repo, wanted, wish)
    return _page(told, transcript.render(told))


def _page(told: Story, text: Iterator[str]) -> Page:
    return Page(session=told.session.name, text=text, redacted=told.redacted)


def keep(repo: Repo, made: Page) -> Path:
    """Write a page where only its user can read it, in the place of the one before; raises `WriteFailed`."""
    return pages.keep(repo, made.session, made.text)
