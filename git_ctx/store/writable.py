"""Whether anything can be written somewhere, and why not."""

import os
from pathlib import Path


def why(directory: Path, otherwise: Exception) -> str:
    """Why nothing can be written in a directory, found by writing; else what the failure itself says."""
    from tempfile import TemporaryFile

    try:
        with TemporaryFile(dir=directory) as probe:
            probe.write(bytes(65536))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return str(otherwise)
