"""A secret in what can only be kept as it is: the command says so, and nothing of it is written."""

from pathlib import Path
from random import Random

import pytest

from tests import support
from tests.cli.conftest import Ctx
from tests.safety.samples import ALNUM, keyed

KEY = keyed("gh" + "p_", ALNUM, 36)(Random(4))


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (["pin", f"{KEY}*"], "what is pinned"),
        (["prompt", "--exclude", KEY, "go on"], "a pattern"),
        (["prompt", "--include", f"src/{KEY}", "go on"], "a pattern"),
        (["prompt", "--conversation", KEY, "go on"], "the conversation's id"),
        (["branch", f"x-{KEY}"], "the name of a branch"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_name_with_a_secret_is_refused(repo: Path, ctx: Ctx, command: list[str], what: str) -> None:
    assert ctx("start", "demo").status == 0
    before = support.git(repo, "for-each-ref", "refs/heads", "refs/ctx/heads")
    done = ctx(*command)
    assert (done.status, done.out) == (128, "")
    assert done.err.startswith(f"fatal: {what} holds what looks like a secret: github-token\nhint: ")
    assert support.git(repo, "for-each-ref", "refs/heads", "refs/ctx/heads") == before
    assert KEY not in done.err
