"""A prompt as the verbs give it, with a clock that stands."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from git_ctx.porcelain.prompt import Prompted, Wish, prompt
from git_ctx.store import discover

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

Ask = Callable[..., Prompted]


@pytest.fixture
def ask(repo: Path) -> Ask:
    """`ask("fix it", budget=500)` in the repository of the test, or in the one at `at`."""

    def call(text: str, at: Path = repo, **wish: Any) -> Prompted:
        return prompt(discover.find(at), text, Wish(**wish), NOW, lambda doing: None)

    return call
