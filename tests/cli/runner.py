"""Runs a command line in this process and keeps all that it said."""

import io
import os
import sys
from dataclasses import dataclass

import pytest

from git_ctx.cli.door import run


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str
