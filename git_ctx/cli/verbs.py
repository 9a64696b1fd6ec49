"""The table of verbs, and the short help made of it; needs no click."""

VERBS: dict[str, dict[str, str]] = {
    "begin": {
        "start": "Begin a session on this branch",
        "prompt": "Record a prompt and print the context that it needs",
        "rank": "List the files that matter for a prompt, and why; keep nothing",
        "request": "Show a file, a symbol, a search, a tree or a diff, and keep what was given",
        "reply": "Record what the assistant answered, and find what it asks for",
        "save": "Keep the files as they are, without a prompt",
        "pin": "Have files in every context of the session, or list those that are",
        "unpin": "Take files out of those that are pinned",
        "guide": "Give the session a principle to work by, or list its principles",
    },
    "look": {
        "status": "Show the current session and what has changed since its last prompt",
        "list": "List the sessions of this repository",
        "log": "Show the prompts of a session, newest first",
        "show": "Show one prompt: its text, its context, its files",
        "diff": "Compare the files of two prompts, or of one and the work tree",
        "search": "Search everything that was asked and answered",
        "view": "Look at a session in the browser",
    },
    "branch": {
        "branch": "List, make, rename or delete branches of the session, each with its git branch",
        "use": "Choose the session for this git branch",
        "merge": "Bring another branch of the session into the current one",
        "select": "Choose one of several branches made to try things out",
        "restore": "Write the files of a prompt or a save into the work tree",
    },
    "share": {
        "push": "Send the current session to a remote",
        "fetch": "Fetch the sessions that others shared",
        "pull": "Fetch, and unite the sessions here with what others added",
        "remote": "List the remotes, or choose the one to share with",
        "export": "Write a session to a file",
        "import": "Take in the sessions of a file",
    },
    "keep": {
        "end": "End a session: its work is done",
        "archive": "Put sessions aside, out of the list",
        "reopen": "Take up a session that has ended or was archived",
        "rename": "Give a session another name",
        "delete": "Delete a session here, and say how to get it back",
        "forget": "Take a text, a file or a prompt out of every session here, for good",
        "fsck": "Check that every session is whole, and mend what can be mended",
        "gc": "Drop old snapshots of closed sessions, and what runs left behind",
    },
    "plug in": {
        "hook": "Have an agent's prompts kept and given their context",
    },
}

_HEAD = """\
Usage: git ctx [-h | --version] <command> [<args>]

The right context for a prompt, and every session with an AI assistant, kept in git.

  git ctx start                      begin a session on this branch
  git ctx prompt "fix the login"     print what the assistant needs to know
  git ctx log                        see what was asked
"""
_TAIL = "'git ctx <command> -h' tells more of each, 'git ctx --help' shows the manual."


def help_text() -> str:
    """What `git ctx -h` prints."""
    width = max(len(verb) for verbs in VERBS.values() for verb in verbs)
    groups = (
        "\n".join([group, *(f"  {verb:<{width}}  {about}" for verb, about in verbs.items()), ""])
        for group, verbs in VERBS.items()
    )
    return "\n".join([_HEAD, *groups, _TAIL]) + "\n"
