import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_ctx.errors import WriteFailed
from git_ctx.model import SessionBranch
from git_ctx.store.discover import find
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import pending
from git_ctx.store.sessions.pending import Draft
from tests.store.sessions import DEMO, WHEN, killed_after, prompt, start


def draft(
    id: str = "p" * 16, text: str = "fix it", branch: SessionBranch = DEMO, seen: str | None = None
) -> Draft:
    return Draft(
        id=id,
        branch=branch,
        text=text,
        asked_at=WHEN,
        author="Ada <ada@example.com>",
        conversation="c",
        seen=seen,
    )


@pytest.fixture
def found(repo: Path) -> Repo:
    return find(repo)


def dying(found: Repo, *drafts: Draft) -> None:
    """A process that writes drafts down and is killed."""
    killed_after(lambda: [pending.put(found, one) for one in drafts])


def test_a_text_is_on_disk_until_it_is_done(found: Repo) -> None:
    with pending.put(found, draft(text="größer\n")) as held:
        assert held.path == found.shared / "pending" / f"{'p' * 16}.json"
        assert "gr\\u00f6\\u00dfer\\n" in held.path.read_text()
        assert held.path.stat().st_mode & 0o777 == 0o600
        assert pending.analyzing(found) == {DEMO}
        held.done()
    assert not list((found.shared / "pending").iterdir())
    assert pending.analyzing(found) == set()


def test_only_a_dead_writer_s_prompt_is_abandoned(found: Repo) -> None:
    alive = pending.put(found, draft("a" * 16))
    dying(found, draft("d" * 16, text="left behind", branch=SessionBranch(session="s", branch="fix/a@b")))
    (left,) = pending.abandoned(found)
    assert left.draft.text == "left behind"
    assert left.draft.branch == SessionBranch(session="s", branch="fix/a@b")
    assert pending.abandoned(found) == []  # it is ours now
    left.release()
    (again,) = pending.abandoned(found)
    again.done()
    alive.release()
    assert [one.draft.id for one in pending.abandoned(found)] == ["a" * 16]


def test_an_interrupted_run_leaves_it_to_the_next(found: Repo) -> None:
    with pytest.raises(KeyboardInterrupt), pending.put(found, draft()):
        raise KeyboardInterrupt
    assert [one.draft for one in pending.abandoned(found)] == [draft()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.text(st.characters()), st.text(st.characters(), min_size=1))
def test_any_text_comes_back(found: Repo, text: str, branch: str) -> None:
    wanted = draft(text=text, branch=SessionBranch(session="s", branch=branch), seen="1" * 40)
    pending.put(found, wanted).release()
    (left,) = pending.abandoned(found)
    assert left.draft == wanted
    left.done()


def test_what_stands_already_is_known(found: Repo) -> None:
    birth = start(found)
    one, two = draft("o" * 16, seen=birth), draft("t" * 16, seen=birth)
    assert not pending.stands(found, one)
    prompt(found, "it", id=one.id)
    prompt(found, "other")
    assert pending.stands(found, one) and not pending.stands(found, two)
    assert not pending.stands(found, draft("o" * 16, branch=SessionBranch(session="gone", branch="main")))


def test_what_was_seen_may_be_gone(found: Repo) -> None:
    start(found)
    prompt(found, "it", id="o" * 16)
    assert pending.stands(found, draft("o" * 16, seen="1" * 40))
    assert pending.stands(found, draft("o" * 16, seen=None))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"branch": 1}', b"[" * 100000])
def test_a_file_that_is_not_ours_is_left_alone(found: Repo, content: bytes) -> None:
    directory = found.shared / "pending"
    directory.mkdir(parents=True)
    (directory / "x.json").write_bytes(content)
    assert pending.abandoned(found) == []
    assert pending.analyzing(found) == set()
    assert (directory / "x.json").read_bytes() == content


def test_what_never_was_whole_is_swept_up(found: Repo) -> None:
    directory = found.shared / "pending"
    directory.mkdir(parents=True)
    for name in ("old.tmp", "new.tmp"):
        (directory / name).write_bytes(b'{"te')
    os.utime(directory / "old.tmp", (1, 1))
    assert pending.abandoned(found) == []
    assert [path.name for path in directory.iterdir()] == ["new.tmp"]


def test_where_it_cannot_be_written_nothing_is_left(found: Repo) -> None:
    found.shared.mkdir()
    (found.shared / "pending").write_text("in the way")
    with pytest.raises(WriteFailed, match="File exists"):
        pending.put(found, draft())


def test_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    path = pending.spool("größer \udcff \ud800\n")
    assert path is not None and path.parent == tmp_path
    assert path.read_bytes().decode("utf-8", "surrogatepass") == "größer \udcff \ud800\n"
    assert path.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    other = pending.spool("x")
    assert other is not None and other.parent != tmp_path
    other.unlink()


def test_it_is_on_the_disk_before_it_has_its_name(found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.rename
    monkeypatch.setattr(os, "fsync", lambda opened: (done.append("sync"), sync(opened)))
    monkeypatch.setattr(Path, "rename", lambda self, to: (done.append("rename"), rename(self, to))[1])
    pending.put(found, draft())
    assert done == ["sync", "rename", "sync"]
