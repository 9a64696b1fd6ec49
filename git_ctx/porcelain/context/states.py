"""File states as they are kept: a path that is withheld for what it says is not written down as it is."""

from dataclasses import replace

from git_ctx import codec
from git_ctx.model import FileStates
from git_ctx.safety import secrets
from git_ctx.store.layout import Entry


def entry(files: FileStates) -> Entry:
    """The `files.json` of an event."""
    states = tuple(
        replace(state, path=secrets.redact(state.path)[0]) if state.withheld else state
        for state in files.states
    )
    return Entry(suffix="files.json", data=codec.encode_files(replace(files, states=states)))
