"""What each signal counts. Fitted on real issues, each repository left out in turn: docs/context.md.

The figures stand on a plateau: half or double any one of them and a point or two moves at most.
"""

from git_ctx.analysis.kinds import FileKind

WEIGHTS = {
    "spelled": 1.00,  # the prompt spells its path
    "passages": 0.60,  # its three best passages have the terms together
    "text": 0.55,  # its text has the terms
    "lines": 0.33,  # it is long: more to change
    "name": 0.33,  # its own name has the terms
    "lively": 0.32,  # its folder is often changed
    "frame": 0.30,  # a stack trace goes through it
    "definitions": 0.29,  # what it defines has the terms in its name
    "quoted": 0.15,  # its text has what the prompt quotes
    "tested": 0.19,  # tests that have the terms import it
    "path": 0.18,  # its path has the terms
    "lately": 0.18,  # it was changed lately
    "names-often": 0.17,  # it says the prompt's identifiers often
    "folder": 0.16,  # it stands beside good ones
    "names": 0.12,  # it has the prompt's identifiers
    "together": 0.11,  # it changes together with good ones
    "symbol": 0.10,  # it defines the prompt's identifiers
    "changes": 0.10,  # it is often changed
}
"""Each signal is scaled so that its best file has 1, then counts this much."""

FIRST = ("spelled", "frame", "text", "definitions", "path", "name", "symbol", "names")
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
