"""What each signal counts. Fitted on real issues, each repository left out in turn: docs/context.md.

The figures stand on a plateau: half or double any one of them and a point or two moves at most.
"""

from git_ctx.analysis.kinds import FileKind

WEIGHTS = {
    "spelled": 0.70,  # the prompt spells its path
    "text": 0.60,  # its text has the terms
    "passages": 0.60,  # its three best passages have the terms together
    "frame": 0.50,  # a stack trace goes through it, nearest to where it happened
    "titled": 0.50,  # its own name is an identifier of the prompt
    "lines": 0.33,  # it is long: more to change
    "path": 0.28,  # its path has the terms
    "subjects": 0.28,  # commits that changed it say in their subjects what the prompt says
    "definitions": 0.26,  # what it defines has the terms in its name
    "lively": 0.22,  # its folder is often changed
    "quoted": 0.20,  # its text has what the prompt quotes
    "names": 0.16,  # it has the prompt's identifiers
    "names-often": 0.16,  # it says the prompt's identifiers often
    "name": 0.15,  # its own name has the terms
    "symbol": 0.14,  # it defines the prompt's identifiers
    "tested": 0.12,  # tests that have the terms import it
    "folder": 0.10,  # it stands beside good ones
    "lately": 0.10,  # it was changed lately
    "together": 0.09,  # it changes together with good ones
    "changes": 0.05,  # it is often changed
}
"""Each signal is scaled so that its best file has 1, then counts this much."""

FIRST = ("spelled", "frame", "text", "definitions", "path", "name", "symbol", "names", "titled", "subjects")
"""The signals that choose which files are looked at closely, and whose company is followed."""

PLACE: dict[FileKind, float] = {
    "source": 1.0,
    "example": 0.65,
    "config": 0.36,
    "data": 0.36,
    "document": 0.35,
    "test": 0.32,
    "generated": 0.3,
    "vendored": 0.2,
    "minified": 0.1,
    "lock": 0.1,
    "binary": 0.1,
    "agent": 0.0,
    "link": 0.0,
    "context": 0.0,
}
"""What a file's score is multiplied by for being what it is."""

PIN = 100.0
"""What a pin adds: more than all signals together."""

CHANGED = 50.0
"""What it adds to differ from the commit that was asked about: more than all signals, less than a pin."""
