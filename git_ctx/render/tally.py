"""Where the tokens of a session went: by prompt, by file, by form. Sums alone; nothing is drawn here."""

from collections import Counter
from collections.abc import Iterator

from git_ctx.model import EventName
from git_ctx.story import Given, Moment, Story
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one prompt took: its context, and what was given beyond it."""

    event: EventName
    kind: str
    context: int
    requests: int

    @property
    def tokens(self) -> int:
        return self.context + self.requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """`others`: tokens of no file: the task, the overview, set-up, guidance, headings."""

    sent: tuple[Sent, ...]
    files: Counter[str]
    forms: Counter[str]
    others: int

    @property
    def tokens(self) -> int:
        return sum(one.tokens for one in self.sent)


def tally(story: Story) -> Tally:
    """Of all that was sent in a session."""
    files: Counter[str] = Counter()
    forms: Counter[str] = Counter()
    for moment in story.moments:
        for given in _given(moment):
            for item in given.items:
                files[item.path] += item.tokens
                forms[item.form] += item.tokens
    sent = tuple(map(_sent, (moment for moment in story.moments if moment.given)))
    all = sum(one.tokens for one in sent)
    return Tally(sent=sent, files=files, forms=forms, others=max(0, all - sum(forms.values())))


def _sent(moment: Moment) -> Sent:
    assert moment.given is not None
    requests = sum(one.given.tokens for one in moment.beside if one.given)
    return Sent(event=moment.event, kind=moment.given.kind, context=moment.given.tokens, requests=requests)


def _given(moment: Moment) -> Iterator[Given]:
    if moment.given:
        yield moment.given
        yield from (one.given for one in moment.beside if one.given)
