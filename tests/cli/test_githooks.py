import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said

BLOCK = """\
+# git-ctx: begin; 'git ctx hook remove git' takes this out
+ctx_common=.git
+test -z "${GIT_DIR-}" && test -d .git || ctx_common=$(git rev-parse --git-common-dir) || :
+if test -r "$ctx_common/ctx/hooks/link.sh"; then
+  (ctx_hook=commit-msg; . "$ctx_common/ctx/hooks/link.sh") || :
+fi
+# git-ctx: end
"""


def test_install_shows_what_changes_beside_what_is_there(repo: Path, ctx: Ctx) -> None:
    path = repo / ".git/hooks/commit-msg"
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\nexit 0\n")
    path.chmod(0o755)
    said = ctx("hook", "install", "git", "-y")
    assert said.status == 0
    assert said.err == "installed the hooks that link commits to prompts in '.git/hooks'\n"
    assert (
        "--- a/.git/hooks/commit-msg\n+++ b/.git/hooks/commit-msg\n@@ -1,2 +1,9 @@\n #!/bin/sh\n"
        f"{BLOCK} exit 0\n" in said.out
    )
    assert said.out.count("--- /dev/null\n") == 3
    assert ctx("hook", "install", "git", "-y") == Said(
        0, "", "the hooks that link commits to prompts are already in '.git/hooks'\n"
    )
    assert ctx("hook", "status").out.startswith("git          .git/hooks                   installed\n")
    assert ctx("hook", "remove", "git", "-y").err == (
        "removed the hooks that link commits to prompts from '.git/hooks'\n"
    )
    assert path.read_text() == "#!/bin/sh\nexit 0\n"
    assert ctx("hook", "remove", "git", "-y") == Said(
        0, "", "the hooks that link commits to prompts are not in '.git/hooks'\n"
    )


def test_it_asks_first(repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ctx("hook", "install", "git", stdin=b"")
    assert said.status == 129
    assert said.err == (
        "error: changing '.git/hooks' needs a yes, and there is no terminal to ask\n"
        "hint: give --yes to say that it is meant\n"
    )
    monkeypatch.setattr("click.confirm", lambda *_args, **_more: False)
    said = ctx("hook", "install", "git")
    assert (said.status, said.err) == (1, "nothing was changed\n")
    assert not (repo / ".git/hooks/commit-msg").exists()
    assert not (repo / ".git/ctx").exists()


@pytest.mark.parametrize(
    ("path", "note"),
    [
        (
            ".githooks",
            "note: the hooks are in '.githooks'; they are part of the work tree: what is committed of them, "
            "everybody gets\n",
        ),
        (
            "/tmp/nobody/has/this",
            "note: the hooks are in '/tmp/nobody/has/this'; others may use them, too (core.hooksPath); "
            "there our lines do nothing\n",
        ),
    ],
)
def test_hooks_that_others_have_too_are_not_changed_in_silence(
    repo: Path, ctx: Ctx, path: str, note: str
) -> None:
    support.git(repo, "config", "core.hooksPath", path)
    said = ctx("hook", "install", "git", stdin=b"")
    assert said.status == 129
    assert said.err.startswith(note)


def test_a_hook_that_is_no_shell_script_is_told_of(repo: Path, ctx: Ctx) -> None:
    path = repo / ".git/hooks/commit-msg"
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/usr/bin/env python3\n")
    path.chmod(0o755)
    said = ctx("hook", "install", "git", "-y")
    assert "'.git/hooks/commit-msg' is no shell script that git runs: it is kept aside" in said.out
    assert said.err.endswith("in '.git/hooks'; .git/hooks/commit-msg runs after ours\n")
    assert ctx("hook", "status").out.startswith("git          .git/hooks                   installed\n")


def test_one_that_is_half_there_is_told_and_mended(repo: Path, ctx: Ctx) -> None:
    ctx("hook", "install", "git", "-y")
    (repo / ".git/hooks/post-commit").unlink()
    (one, *_) = json.loads(ctx("hook", "status", "--json").out)["hooks"]
    assert (one["agent"], one["installed"]) == ("git", False)
    assert one["problem"].endswith("'git ctx hook install git' mends it")
    found = json.loads(ctx("hook", "install", "git", "-y", "--json").out)
    assert found == {
        "agent": "git",
        "path": str(repo / ".git/hooks"),
        "changed": True,
        "hooks": [".git/hooks/post-commit"],
    }
    (one, *_) = json.loads(ctx("hook", "status", "--json").out)["hooks"]
    assert one["installed"]


def test_the_users_configuration_has_no_such_hooks(repo: Path, ctx: Ctx) -> None:
    assert ctx("hook", "install", "git", "--user", "-y") == Said(
        129, "", "error: git's hooks are put into one repository\nhint: leave out --user\n"
    )
