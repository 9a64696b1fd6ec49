"""Every failure a user can meet, as one tree.

    CtxError                       128
      UsageError                   129  the call's words are off
        EmptyPrompt
        BudgetTooSmall
        InvalidName
      GitUnusable                       git is missing or too old
        GitTooOldHere
      NotARepository, UnsupportedRepository, NoWorkTree, IdentityMissing
      SessionNotFound, SessionExists, NoSession, NoGitBranch, AmbiguousSession, DifferentSessions
        NotShared                       no remote had it at the last fetch
      InvalidBranchName, BranchInUse, NotMerged, NotAFork
      FilesMissing                      a prompt's files are not in this repository
      MoveNotAllowed                    names what the session's state allows
        SessionClosed
      RevisionNotFound, AmbiguousRevision, NoPrompt, NoPromptOfChat
      NoCommit                          what is no commit of the code
      BrokenSession                     an object of a session is missing, damaged or not in its form
        NewerFormat
      BranchBusy, WriteFailed           nothing was written
        LockInTheWay
        PromptNotKept                   says where the prompt's text is
      NotDelivered                      kept, but not printed
      GitFailed                         a git process said no
      NoRemote, RemoteNotFound
      RemoteFailed                      a remote, or the way to it, said no
        RemoteSilent
      SecretsFound                      nothing was sent or written
      UnusableRule                      one of the user's own rules for secrets
      UnreadableBundle, UnreadableExport
        NotABundle
      UnsafePath                        nothing may be written there
      FilesGone, TargetNotEmpty         nothing was restored
        FilesNeverKept
      RestoreCutShort                   says what brings back what was there

A message says what is wrong as git would: lower case, names in single quotes, no full stop.
`hint` says what to do about it.
"""

from collections.abc import Sequence

_ASK_FSCK = "'git ctx fsck' says what is damaged, 'git ctx fsck --repair' mends what can be mended"
_ASK_BOTH = (
    "'git fsck' says what is damaged, 'git ctx fsck' what of it in sessions, and mends it with --repair"
)
_NEW_INDEX = "move 'index' out of the git directory: 'git reset' then makes a new one from HEAD"
# What git says, in the last of its words, of objects, refs and indexes that it cannot read.
_DAMAGE = {
    _NEW_INDEX: ("index file corrupt", "index file smaller than", "bad index file", "bad signature 0x"),
    _ASK_BOTH: (
        *("bad object", "bad tree object", "missing object", "missing blob", "missing tree"),
        *("unable to read", "cannot read", "could not parse", "unable to parse", "unable to unpack"),
        *("corrupt", "inflate", "is empty", "invalid sha1 pointer", "not a valid branch point"),
        *("packed-refs", "packfile", "multi-pack-index", "commit-graph", "valid object"),
    ),
}


class CtxError(Exception):
    """A failure to be shown as one line and, where there is one, a hint."""

    exit_status = 128
    hint: str | None = None


class UsageError(CtxError):
    exit_status = 129

    def __init__(self, problem: str, hint: str | None = None) -> None:
        super().__init__(problem)
        if hint is not None:
            self.hint = hint


class EmptyPrompt(UsageError):
    hint = "give it as an argument, with -F FILE, or on standard input with '-'"

    def __init__(self, what: str = "prompt") -> None:
        super().__init__(f"the {what} is empty")


class BudgetTooSmall(UsageError):
    def __init__(self, budget: int, least: int, what: str = "prompt") -> None:
        super().__init__(f"a budget of {budget:,} tokens is too small for this {what}")
        self.budget = budget
        self.least = least
        self.hint = f"give it at least {least:,}: 'git ctx {what} --budget {least} …'"


class InvalidName(UsageError):
    hint = "a session's name starts with a-z and goes on with a-z, 0-9, '.', '_' and '-', 64 at most"

    def __init__(self, name: str) -> None:
        super().__init__(f"not a valid session name: '{name}'")
        self.name = name


class InvalidBranchName(CtxError):
    hint = "'git help check-ref-format' says what a branch can be called"

    def __init__(self, name: str) -> None:
        super().__init__(f"'{name}' is not a valid branch name")
        self.name = name


class GitUnusable(CtxError):
    hint = "git ctx needs git 2.38 or newer on PATH"


class GitTooOldHere(GitUnusable):
    """git reads a repository of this form, but not this one."""

    hint = "git 2.45 or newer knows it"

    def __init__(self) -> None:
        super().__init__("this git does not know how the repository keeps its refs (reftable)")


class NotARepository(CtxError):
    """git found no repository here, cannot read it, or will not trust it. `advice`: git's own, what to do."""

    hint: str | None = "run it inside a git repository, or make one with 'git init'"

    def __init__(
        self,
        detail: str = "not a git repository (or any of the parent directories)",
        advice: str | None = None,
    ) -> None:
        super().__init__(detail)
        if advice or not detail.startswith("not a git repository"):
            self.hint = advice


class UnsupportedRepository(CtxError):
    def __init__(self, what: str) -> None:
        super().__init__(f"this repository uses {what}, which git ctx cannot read yet")
        self.what = what


class NoWorkTree(CtxError):
    hint = "sessions can be read in a bare repository; prompts need a work tree"

    def __init__(self) -> None:
        super().__init__("this operation must be run in a work tree")


class IdentityMissing(CtxError):
    hint = "set it with 'git config --global user.name \"Your Name\"' and 'user.email you@example.com'"

    def __init__(self) -> None:
        super().__init__("git does not know who you are")


class SessionNotFound(CtxError):
    hint = "see 'git ctx list' for the sessions that exist"

    def __init__(self, name: str) -> None:
        super().__init__(f"no such session{' branch' if '@' in name else ''}: '{name}'")
        self.name = name


class NotShared(SessionNotFound):
    hint = "see 'git ctx list --remote' for those that a remote had at the last 'git ctx fetch'"


class SessionExists(CtxError):
    hint = "choose another name, or go on with it: 'git ctx prompt --session NAME'"

    def __init__(self, name: str) -> None:
        super().__init__(f"a session named '{name}' exists already")
        self.name = name


class MoveNotAllowed(CtxError):
    """A session is in a state from which it cannot be moved so."""

    def __init__(self, name: str, state: str, allowed: Sequence[str]) -> None:
        super().__init__(f"session '{name}' is {state}; what is allowed now: {', '.join(allowed)}")
        self.name = name
        self.state = state
        self.allowed = tuple(allowed)


class SessionClosed(MoveNotAllowed):
    """It has ended or is archived, and read-only."""


class NoSession(CtxError):
    hint = "begin one with 'git ctx start', or name one with --session"

    def __init__(self, where: str, work_tree: bool = True) -> None:
        super().__init__(f"no session on {where}")
        if not work_tree:  # nothing can be begun there
            self.hint = "name one with --session; 'git ctx list' has those that are here"


class NoGitBranch(CtxError):
    """What belongs to a git branch was asked for where there is none."""

    hint = "switch to a git branch first; on a detached HEAD, name the session with --session each time"

    def __init__(self) -> None:
        super().__init__("HEAD is detached, and a session is used by a git branch")


class AmbiguousSession(CtxError):
    hint = "name one with --session NAME@BRANCH"

    def __init__(self, what: str, candidates: Sequence[str]) -> None:
        super().__init__(f"{what} fits more than one session: {', '.join(candidates)}")
        self.candidates = tuple(candidates)


class DifferentSessions(CtxError):
    """Two session branches that were to become one belong to sessions that never were the same."""

    hint = "only branches of one session can be united; 'git ctx list --json' shows their ids"

    def __init__(self, ours: str, theirs: str) -> None:
        super().__init__(f"'{ours}' and '{theirs}' are different sessions")
        self.ours = ours
        self.theirs = theirs


class BranchInUse(CtxError):
    hint = "switch to another git branch first"

    def __init__(self, name: str) -> None:
        super().__init__(f"cannot delete '{name}': it is the current session here")


class NotMerged(CtxError):
    """Deleting a session branch would lose what no other one has."""

    def __init__(self, name: str, branch: str, prompts: int) -> None:
        what = f"{prompts} prompt{'' if prompts == 1 else 's'}" if prompts else "something"
        super().__init__(f"session branch '{name}' is not merged: it has {what} that no other one has")
        self.hint = f"'git ctx merge {branch}' keeps it; 'git ctx branch -D {branch}' deletes it anyway"


class NotAFork(CtxError):
    hint = "'git ctx branch' shows which branch was made from which"

    def __init__(self, name: str) -> None:
        super().__init__(f"'{name}' was not made from another session branch")


class FilesMissing(CtxError):
    hint = "a session brings its files along only where it was pushed with --files"

    def __init__(self, revision: str, problem: str) -> None:
        super().__init__(f"the files of '{revision}' are not here: {problem}")


class RevisionNotFound(CtxError):
    hint = "a revision is @, @~2, NAME@BRANCH, #12, or four or more characters of an id; see 'git ctx log'"

    def __init__(self, revision: str) -> None:
        super().__init__(f"unknown revision: '{revision}'")
        self.revision = revision
        if revision.isdecimal() and len(revision) < 9:
            self.hint = f"an event's number is given as '#{revision}', in quotes: shells take # for a comment"


class AmbiguousRevision(CtxError):
    hint = "give more characters of the id"

    def __init__(self, revision: str, candidates: Sequence[str]) -> None:
        super().__init__(f"revision '{revision}' is ambiguous: {', '.join(candidates)}")
        self.candidates = tuple(candidates)


class NoCommit(CtxError):
    hint = "it is a branch, a tag or a commit of the code: 'git ctx prompt --changed=main …'"

    def __init__(self, name: str) -> None:
        super().__init__(f"no such commit: '{name}'")
        self.name = name


class NoPrompt(CtxError):
    hint = "record one with 'git ctx prompt'"

    def __init__(self, revision: str) -> None:
        super().__init__(f"there is no prompt at '{revision}' yet")
        self.revision = revision


class NoPromptOfChat(CtxError):
    hint = "--prompt REV takes that of another: see 'git ctx log'"

    def __init__(self, branch: str) -> None:
        super().__init__(f"no prompt of '{branch}' is this chat's")
        self.branch = branch


class BrokenSession(CtxError):
    """What a session holds cannot be read; names the session or path and the object."""

    hint = _ASK_FSCK

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class NewerFormat(BrokenSession):
    hint = "upgrade git ctx to read it"

    def __init__(self, where: str, found: int, known: int) -> None:
        super().__init__(where, f"written in format {found}; this git ctx reads up to {known}")


class BranchBusy(CtxError):
    hint = "another git ctx is writing to it; try again"

    def __init__(self, name: str) -> None:
        super().__init__(f"session '{name}' stayed busy; nothing was added")


class WriteFailed(CtxError):
    """Nothing was written: the disk is full, read-only, or not ours."""

    def __init__(self, what: str, problem: str) -> None:
        super().__init__(f"cannot write {what}: {problem}")
        self.what = what
        self.problem = problem


class LockInTheWay(WriteFailed):
    """A lock file of git's, which another git holds, or left behind when it crashed."""

    hint = "another git may be at work: try again; if none is, one that crashed left it: remove it"

    def __init__(self, what: str, lock: str) -> None:
        super().__init__(what, f"unable to create '{lock}': file exists")
        self.lock = lock


class PromptNotKept(WriteFailed):
    def __init__(self, problem: str, text_at: str | None) -> None:
        super().__init__("the prompt to the session", problem)
        self.text_at = text_at
        self.hint = (
            f"its text is in {text_at}" if text_at else "its text could not be saved anywhere: copy it"
        )


class NotDelivered(CtxError):
    """The prompt and its context are kept, but the context could not be printed."""

    hint = "it is kept, and printed by 'git ctx show --context'"

    def __init__(self, problem: str) -> None:
        super().__init__(f"cannot print the context: {problem}")


class GitFailed(CtxError):
    """A git process ended with an error; carries its last words."""

    def __init__(self, command: Sequence[str], status: int, stderr: str) -> None:
        words = stderr.strip().splitlines()
        said = words[-1].removeprefix("fatal: ").removeprefix("error: ") if words else f"exit status {status}"
        super().__init__(f"git {command[0] if command else ''}: {said}")
        self.hint = next((hint for hint, some in _DAMAGE.items() if any(one in said for one in some)), None)
        self.command = tuple(command)
        self.status = status
        self.stderr = stderr


class UnsafePath(CtxError):
    """A path that could lead out of the work tree or into a git directory; nothing was written."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"unsafe path '{path}': {problem}")
        self.path = path
        self.problem = problem


class NoRemote(CtxError):
    hint = "name one after the command, or choose one for good: 'git ctx remote NAME'"

    def __init__(self, remotes: Sequence[str]) -> None:
        known = f"; there are {', '.join(remotes)}" if remotes else ": this repository has none"
        super().__init__(f"no remote to share with{known}")
        self.remotes = tuple(remotes)
        if not remotes:
            self.hint = "add one with 'git remote add NAME URL'"


class RemoteNotFound(CtxError):
    hint = "see 'git ctx remote' for those that exist; URLs are not taken, add one with 'git remote add'"

    def __init__(self, name: str) -> None:
        super().__init__(f"no such remote: '{name}'")
        self.name = name


class RemoteFailed(CtxError):
    """Carries what the server or git said, in their words."""

    def __init__(self, remote: str, words: str) -> None:
        super().__init__(f"remote '{remote}': {words}")
        self.remote = remote
        self.words = words


class RemoteSilent(RemoteFailed):
    hint = "try again; 'git config ctx.timeout SECONDS' sets how long git ctx waits"

    def __init__(self, remote: str, seconds: float) -> None:
        super().__init__(remote, f"no sign of life for {seconds:g} seconds")


class SecretsFound(CtxError):
    """`places`: where, as 'session@branch: entry, line, rule'."""

    hint = "if they are no secrets: --allow-secret"

    def __init__(self, places: Sequence[str], done: str = "sent") -> None:
        shown = "; ".join(places[:10]) + (f"; and {len(places) - 10} more" if len(places) > 10 else "")
        super().__init__(f"nothing was {done}, it would carry what looks like a secret: {shown}")
        self.places = tuple(places)


class SecretInName(CtxError):
    """`what` would be kept as it is, since it would name something else without the secret in it."""

    hint = "names and patterns are kept and shared as they are; give one without the secret"

    def __init__(self, what: str, rule: str) -> None:
        super().__init__(f"{what} holds what looks like a secret: {rule}")
        self.what, self.rule = what, rule


class UnusableRule(CtxError):
    hint = "see 'git config --show-origin --get-all ctx.redact.NAME'; nothing was kept, printed or sent"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"ctx.redact.{name}: {problem}")
        self.name = name
        self.hint = self.hint and self.hint.replace("NAME", name)


class UnreadableBundle(CtxError):
    hint: str | None = "'git bundle verify FILE' tells more"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"cannot import '{path}': {problem}")
        self.path = path
        self.problem = problem


class UnreadableExport(UnreadableBundle):
    hint = None


class NotABundle(UnreadableBundle):
    hint = "'git ctx export -o FILE' writes one"

    def __init__(self, path: str, problem: str = "it is neither a git bundle nor a session as JSON") -> None:
        super().__init__(path, problem)


class FilesGone(CtxError):
    """The files of an event are not in this repository."""

    hint = "they go with 'git ctx gc', and travel only with 'git ctx push --files'"

    def __init__(self, event: str) -> None:
        super().__init__(f"the files of {event} are not kept here")
        self.event = event


class FilesNeverKept(FilesGone):
    hint = "a transcript tells what was said and done, and holds no files"

    def __init__(self, event: str) -> None:
        CtxError.__init__(self, f"the files of {event} were never kept: it was imported from a transcript")
        self.event = event


class TargetNotEmpty(CtxError):
    hint = "name a directory that is empty or does not exist yet"

    def __init__(self, directory: str) -> None:
        super().__init__(f"'{directory}' is not an empty directory")
        self.directory = directory


class RestoreCutShort(CtxError):
    """Some files were written and some were not; `saved` is the event that has what was there before."""

    def __init__(self, problem: str, saved: str | None = None) -> None:
        super().__init__(f"restored in part only: {problem}")
        self.problem = problem
        if saved:
            self.hint = f"what was there before comes back with: git ctx restore '{saved}'"
