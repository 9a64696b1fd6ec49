"""Runs a command and stops it at a step: at its n-th call that changes a file below a directory, in any of
its processes. There all of them are killed, or one is; or they get a signal; or the disk is full from
there on.

Needs Linux, on x86_64 or aarch64. Nothing else is installed: the kernel's own tracing does it.
"""

import ctypes
import errno
import os
import platform
import signal
import struct
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Act = Literal["none", "kill", "kill one", "int", "term", "full", "read-only"]

_X86 = {
    "write": 1, "open": 2, "pwrite64": 18, "writev": 20, "sendfile": 40, "fsync": 74, "fdatasync": 75,
    "truncate": 76, "ftruncate": 77, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86,
    "unlink": 87, "symlink": 88, "openat": 257, "mkdirat": 258, "unlinkat": 263, "renameat": 264,
    "linkat": 265, "symlinkat": 266, "renameat2": 316, "copy_file_range": 326,
}  # fmt: skip
_ARM = {
    "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38, "truncate": 45,
    "ftruncate": 46, "openat": 56, "write": 64, "writev": 66, "pwrite64": 68, "sendfile": 71, "fsync": 82,
    "fdatasync": 83, "renameat2": 276, "copy_file_range": 285,
}  # fmt: skip
_NUMBERS = _X86 if platform.machine() == "x86_64" else _ARM
_NAMES = {number: name for name, number in _NUMBERS.items()}
_BY_DESCRIPTOR = {
    "write": 0,
    "pwrite64": 0,
    "writev": 0,
    "sendfile": 0,
    "fsync": 0,
    "fdatasync": 0,
    "ftruncate": 0,
}
_BY_DESCRIPTOR["copy_file_range"] = 2
_TAKES_ROOM = {"write", "pwrite64", "writev", "sendfile", "copy_file_range", "open", "openat", "creat"}
_TAKES_ROOM |= {"mkdir", "mkdirat", "link", "linkat", "symlink", "symlinkat"}

_TRACEME, _CONT, _POKEUSER, _SETOPTIONS, _GETEVENTMSG, _SYSCALL_INFO = 0, 7, 6, 0x4200, 0x4201, 0x420E
_OPTIONS = 0x2 | 0x4 | 0x8 | 0x10 | 0x80 | 0x100000  # fork, vfork, clone, exec, seccomp, kill when we die
_SECCOMP_STOP = 7
_OUTPUT = b"standard output"
_WALL = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended. `steps`: how many it took; `at`: where it was stopped, if it came to that."""

    status: int
    out: bytes
    err: bytes
    steps: int
    at: str | None

    @property
    def said(self) -> str:
        return self.err.decode(errors="replace").strip()


def run(
    work: Callable[[], int],
    cwd: Path,
    within: Path,
    talk: Path,
    *,
    stdin: bytes = b"",
    act: Act = "none",
    step: int = 0,
) -> Ended:
    """Do some work in a process of its own, with what it prints in files of the directory `talk`."""
    (talk / "in").write_bytes(stdin)
    child = os.fork()
    if not child:
        _child(work, cwd, talk, traced=True)
    status, steps, at = _Tracer(child, os.fsencode(within), os.fsencode(talk / "out"), act, step).follow()
    return Ended(
        status=status, out=(talk / "out").read_bytes(), err=(talk / "err").read_bytes(), steps=steps, at=at
    )


def plain(work: Callable[[], int], cwd: Path, talk: Path, *, stdin: bytes = b"") -> Ended:
    """The same, and nobody looks on."""
    (talk / "in").write_bytes(stdin)
    child = os.fork()
    if not child:
        _child(work, cwd, talk, traced=False)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(
        status=status, out=(talk / "out").read_bytes(), err=(talk / "err").read_bytes(), steps=0, at=None
    )


def _child(work: Callable[[], int], cwd: Path, talk: Path, *, traced: bool) -> None:
    status = 70
    try:
        os.setpgid(0, 0)
        os.chdir(cwd)
        for number, name in enumerate(("in", "out", "err")):
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
            opened = os.open(talk / name, flags, 0o644)
            os.dup2(opened, number)
            os.close(opened)
        if traced:
            _libc.ptrace(_TRACEME, 0, None, None)
            os.kill(os.getpid(), signal.SIGSTOP)
            _filter()
        status = work()
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(status)


def _filter() -> None:
    """Have the kernel stop us at the calls of the table, and at no other."""
    numbers = list(_NUMBERS.values())
    lines = [struct.pack("HBBI", 0x20, 0, 0, 0)]
    for at, number in enumerate(numbers):
        lines.append(struct.pack("HBBI", 0x15, len(numbers) - at, 0, number))
    lines += [struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000), struct.pack("HBBI", 0x06, 0, 0, 0x7FF00000)]
    code = ctypes.create_string_buffer(b"".join(lines))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(lines), ctypes.addressof(code)))
    if _libc.prctl(38, 1, 0, 0, 0) or _libc.prctl(22, 2, program, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


class _Tracer:
    def __init__(self, child: int, within: bytes, out: bytes, act: Act, step: int) -> None:
        self._child, self._within, self._out, self._act, self._step = child, within, out, act, step
        self._live = {child}
        self._new: set[int] = set()
        self._steps = 0
        self._at: str | None = None
        self._status = 0

    def follow(self) -> tuple[int, int, str | None]:
        os.waitpid(self._child, _WALL)
        self._ptrace(_SETOPTIONS, self._child, _OPTIONS)
        self._ptrace(_CONT, self._child, 0)
        while self._live:
            try:
                pid, status = os.waitpid(-1, _WALL)
            except ChildProcessError:
                break
            if os.WIFSTOPPED(status):
                self._stopped(pid, status)
            else:
                self._live.discard(pid)
                if pid == self._child:
                    self._status = os.waitstatus_to_exitcode(status)
        return self._status, self._steps, self._at

    def _stopped(self, pid: int, status: int) -> None:
        event, number = status >> 16, os.WSTOPSIG(status)
        first = pid not in self._live
        self._live.add(pid)
        if event == _SECCOMP_STOP:
            self._call(pid)
            number = 0
        elif event or (number == signal.SIGSTOP and (first or pid in self._new)):
            number = 0
            self._new.discard(pid)
            if 1 <= event <= 3:
                born = ctypes.c_ulong()
                _libc.ptrace(_GETEVENTMSG, pid, None, ctypes.byref(born))
                if born.value not in self._live:
                    self._live.add(born.value)
                    self._new.add(born.value)
        self._ptrace(_CONT, pid, number)

    def _call(self, pid: int) -> None:
        told = ctypes.create_string_buffer(96)
        if _libc.ptrace(_SYSCALL_INFO, pid, 96, told) < 0:
            return
        number, *args = struct.unpack_from("7Q", told, 24)
        name = _NAMES.get(number, "")
        path = self._changes(pid, name, args)
        if path is None:
            return
        self._steps += 1
        if self._steps == self._step:
            self._at = f"{name} {os.fsdecode(path)}"
            self._strike(pid)
        refused = self._act in ("full", "read-only") and path != _OUTPUT
        if refused and 0 < self._step <= self._steps:
            self._refuse(pid, name)

    def _strike(self, pid: int) -> None:
        if self._act == "kill":
            for each in list(self._live):
                self._kill(each, signal.SIGKILL)
        elif self._act == "kill one":
            self._kill(pid, signal.SIGKILL)
        elif self._act in ("int", "term"):
            for each in list(self._live):
                self._kill(each, signal.SIGINT if self._act == "int" else signal.SIGTERM)

    def _refuse(self, pid: int, name: str) -> None:
        """On x86_64 alone: the call is not made, and fails."""
        if self._act == "full" and name not in _TAKES_ROOM:
            return
        reason = errno.ENOSPC if self._act == "full" else errno.EROFS
        self._ptrace(_POKEUSER, pid, ctypes.c_ulong(-1).value, 120)
        self._ptrace(_POKEUSER, pid, ctypes.c_ulong(-reason).value, 80)

    def _changes(self, pid: int, name: str, args: list[int]) -> bytes | None:
        """The file below our directory that a call changes; None where it changes none."""
        if name in _BY_DESCRIPTOR:
            return self._inside(self._link(f"/proc/{pid}/fd/{args[_BY_DESCRIPTOR[name]]}"))
        at = name.endswith("at") or name == "renameat2"
        path = self._path(pid, args[1] if at else args[0], args[0] if at else None)
        if name in ("symlink", "symlinkat"):
            path = self._path(pid, args[2] if at else args[1], args[1] if at else None)
        if name in ("open", "openat"):
            flags = args[2] if at else args[1]
            if not (flags & os.O_TRUNC or (flags & os.O_CREAT and not os.path.lexists(path or b""))):
                return None
        return self._inside(path)

    def _path(self, pid: int, address: int, directory: int | None) -> bytes | None:
        try:
            with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
                memory.seek(address)
                path = memory.read(4096).partition(b"\0")[0]
        except (OSError, OverflowError):
            return None
        if path.startswith(b"/"):
            return path
        number = None if directory is None else ctypes.c_int(directory & 0xFFFFFFFF).value
        start = self._link(f"/proc/{pid}/cwd" if number is None or number < 0 else f"/proc/{pid}/fd/{number}")
        return b"/".join((start, path)) if start is not None else None

    def _link(self, path: str) -> bytes | None:
        try:
            return os.fsencode(Path(path).readlink())
        except OSError:
            return None

    def _inside(self, path: bytes | None) -> bytes | None:
        if path == self._out:  # what is done is acknowledged when it is printed
            return _OUTPUT
        return (
            path[len(self._within) + 1 :]
            if path is not None and path.startswith(self._within + b"/")
            else None
        )

    def _kill(self, pid: int, number: int) -> None:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            self._live.discard(pid)

    def _ptrace(self, request: int, pid: int, data: int, address: int = 0) -> None:
        _libc.ptrace(request, pid, address, data)
