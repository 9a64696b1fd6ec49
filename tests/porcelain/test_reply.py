from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from git_ctx import codec, registers
from git_ctx.errors import EmptyPrompt, NoPrompt, RevisionNotFound, SessionClosed
from git_ctx.model import Ask as Asked
from git_ctx.model import Meta, Reply
from git_ctx.porcelain import beside, look
from git_ctx.porcelain.here import session
from git_ctx.porcelain.reply import Place, Replied, reply
from git_ctx.porcelain.request import Pending, Requested, Terms, pending, request
from git_ctx.store import append, discover
from tests import support
from tests.porcelain.conftest import NOW, Ask

SECRET = "ghp_" + "A1b2C3d4E5f6G7h8I9j0" + "K1l2M3n4O5p6Q7r8"
ANSWER = """Let me see more.

```
git ctx request file app.py
git ctx request symbol main
```
git ctx request question Which one?
"""

Say = Callable[..., Replied]


@pytest.fixture
def say(repo: Path) -> Say:
    def call(text: str, **place: Any) -> Replied:
        return reply(discover.find(repo), text, Place(**place), NOW)

    return call


def open_(repo: Path, **terms: Any) -> Pending:
    return pending(discover.find(repo), Terms(**terms))


def answer(repo: Path, **terms: Any) -> Requested:
    asks = open_(repo, **terms).asks
    return request(discover.find(repo), asks, Terms(**terms), NOW, lambda doing: None)


def spelled(asks: tuple[Asked, ...]) -> list[str]:
    return [f"{ask.kind} {ask.what}" for ask in asks]


def test_a_reply_is_kept_beside_the_last_prompt(repo: Path, ask: Ask, say: Say) -> None:
    ask("first")
    asked = ask("second")
    done = say(ANSWER)
    at = discover.find(repo)
    tip = session(at, None).tip
    assert [kept for _, kept in beside.beside(at, tip, asked.event)] == [done.reply]
    assert done.reply.prompt == asked.prompt.id
    assert done.reply.text == ANSWER
    assert spelled(done.reply.asks) == ["file app.py", "symbol main", "question Which one?"]
    support.fsck(repo)


def test_what_a_reply_asks_for_is_pending_until_it_is_answered(repo: Path, ask: Ask, say: Say) -> None:
    ask("fix main")
    id = say(ANSWER).reply.id
    found = open_(repo)
    assert found.asks == (
        Asked(kind="file", what="app.py", reply=id),
        Asked(kind="symbol", what="main", reply=id),
    )
    assert spelled(found.questions) == ["question Which one?"]
    done = answer(repo)
    assert done.request.asks == found.asks
    assert "# file `app.py`" in done.content and "# symbol `main`" in done.content
    assert open_(repo).asks == ()
    say("git ctx request file app.py")
    assert spelled(open_(repo).asks) == ["file app.py"]


def test_a_question_is_answered_by_the_next_prompt(repo: Path, ask: Ask, say: Say) -> None:
    ask("fix main")
    say("git ctx request question Which one?\ngit ctx request file app.py")
    ask("the first one")
    assert open_(repo).questions == ()
    assert spelled(open_(repo).asks) == ["file app.py"]


def test_another_conversation_s_asks_are_not_pending_here(repo: Path, ask: Ask, say: Say) -> None:
    ask("mine")
    ask("theirs", conversation="theirs")
    done = say("git ctx request file app.py", conversation="theirs")
    assert done.reply.conversation == "theirs"
    assert open_(repo).asks == ()
    assert spelled(open_(repo, conversation="theirs").asks) == ["file app.py"]


def test_a_reply_can_belong_to_an_earlier_prompt_and_its_conversation(repo: Path, ask: Ask, say: Say) -> None:
    first = ask("theirs", conversation="theirs")
    ask("mine")
    done = say("yes", prompt="#1")
    assert (done.reply.prompt, done.reply.conversation) == (first.prompt.id, "theirs")
    with pytest.raises(RevisionNotFound):
        say("yes", prompt="#99")


def test_a_prompt_of_another_session_is_refused(repo: Path, ask: Ask, say: Say) -> None:
    from git_ctx.porcelain.session import start

    ask("elsewhere")
    other = session(discover.find(repo), None).branch
    start(discover.find(repo), "here", NOW)
    with pytest.raises(RevisionNotFound):
        say("yes", prompt=str(other))
    with pytest.raises(NoPrompt):
        say("yes")


def test_secrets_in_a_reply_are_redacted(repo: Path, ask: Ask, say: Say) -> None:
    ask("fix main")
    done = say(f"your token is {SECRET}\ngit ctx request search {SECRET}\n")
    tip = f"refs/ctx/heads/{done.branch.session}/main"
    assert SECRET not in support.git(repo, "log", "-p", "--format=%B", tip)
    assert done.reply.redacted
    assert SECRET not in answer(repo).content
    assert open_(repo).asks == ()


HOSTILE = """
git ctx request file ../../../etc/passwd
git ctx request file /etc/passwd
git ctx request file .git/config
git ctx request file $(touch pwned)
git ctx request tree ..
git ctx request tree /
git ctx request diff --output=pwned
git ctx request diff HEAD~1:secret
git ctx request search `touch pwned`
git ctx request symbol ../../x; touch pwned
"""


def test_a_hostile_reply_gets_and_does_nothing(repo: Path, ask: Ask, say: Say) -> None:
    ask("fix main")
    before = {path for path in repo.rglob("*") if ".git" not in path.parts}
    say(HOSTILE)
    done = answer(repo)
    assert [one for one in done.answers if one.parts or one.lines] == []
    assert done.request.items == ()
    assert "root:" not in done.content
    assert {path for path in repo.rglob("*") if ".git" not in path.parts} == before


def test_a_reply_that_asks_for_all_is_bounded(repo: Path, ask: Ask, say: Say) -> None:
    support.commit(repo, {f"f{n}.py": f"x = {n}\n" * 300 for n in range(60)})
    ask("fix main")
    done = say("\n".join(f"git ctx request file f{n}.py" for n in range(60)))
    assert (len(done.reply.asks), done.unheard) == (20, 40)
    answered = answer(repo)
    assert len(answered.request.asks) == 20
    assert answered.request.tokens <= 8000


def test_a_forged_reply_is_bounded_too(repo: Path, ask: Ask) -> None:
    """As somebody else's git ctx, or a script, might have pushed it."""
    asked = ask("fix main")
    wanted = [Asked(kind="file", what=f"f{n}.py") for n in range(500)]
    forged = Reply(
        id="k" * 16,
        prompt=asked.prompt.id,
        conversation=asked.context.conversation,
        replied_at=NOW,
        author="x",
        text="",
        asks=(Asked(kind="file", what="x" * 100_000), *wanted),
    )
    entry = append.Entry(suffix="reply.json", data=codec.encode_reply(forged))
    append.append(discover.find(repo), asked.branch, "reply", forged.id, [entry], subject="x", when=NOW)
    found = open_(repo).asks
    assert len(found) <= 20
    assert all(len(each.what) < 2000 for each in found)


def test_an_empty_reply_and_a_closed_session_are_refused(repo: Path, ask: Ask, say: Say) -> None:
    asked = ask("fix main")
    with pytest.raises(EmptyPrompt, match="the reply is empty"):
        say(" \n")
    ended = registers.encode_meta(Meta(value="ended", author="x", set_at=NOW))
    append.append_meta(
        discover.find(repo), asked.branch, "state", "k" * 16, ended, subject="ended", when=NOW, state="ended"
    )
    with pytest.raises(SessionClosed):
        say("yes", session=str(asked.branch))


def test_the_log_counts_what_came_of_each_prompt(repo: Path, ask: Ask, say: Say) -> None:
    ask("first")
    say("git ctx request file app.py")
    answer(repo)
    ask("second")
    say("fine")
    say("to the first", prompt="#1")
    at = discover.find(repo)
    counts = [(one.replies, one.requests) for one in look.history(at, [session(at, None).tip])]
    assert counts == [(1, 0), (2, 1)]


def test_the_same_reply_at_once_is_the_same(repo: Path, ask: Ask) -> None:
    """Its run may have died before it could say that it was kept."""
    ask("do it")
    first, again = (reply(discover.find(repo), "Done.", Place(), NOW) for _ in range(2))
    assert (again.event, again.reply) == (first.event, first.reply)
    ask("do more")
    assert reply(discover.find(repo), "Done.", Place(), NOW).event != first.event
