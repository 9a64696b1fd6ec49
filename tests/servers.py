"""Real servers for tests: git's own http-backend on loopback, and what goes wrong with them."""

import base64
import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support import git


def bare(path: Path) -> Path:
    """A repository to push to."""
    path.mkdir(parents=True)
    git(path, "init", "-q", "--bare", "-b", "main")
    return path


def hook(repo: Path, name: str, script: str) -> None:
    path = repo / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@contextmanager
def http(root: Path, password: str | None = None) -> Iterator[str]:
    """Serves the repositories under a folder; the URL. With a password for `ada`, to nobody else."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self._body())

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            pieces = []
            while size := int(self.rfile.readline(), 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(pieces)

        def _serve(self, body: bytes) -> None:
            wanted = base64.b64encode(f"ada:{password}".encode()).decode()
            if password is not None and self.headers.get("Authorization") != f"Basic {wanted}":
                self._answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
                return
            head, _, answer = _backend(root, self, body).partition(b"\r\n\r\n")
            fields = [line.decode().partition(": ")[::2] for line in head.split(b"\r\n") if line]
            status = next((int(value[:3]) for key, value in fields if key == "Status"), 200)
            self._answer(status, [(k, v) for k, v in fields if k != "Status"], answer)

        def _answer(self, status: int, fields: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for key, value in fields:
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def silent() -> Iterator[str]:
    """Takes connections and never says a word; the URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/repo.git"


def _backend(root: Path, request: BaseHTTPRequestHandler, body: bytes) -> bytes:
    path, _, query = request.path.partition("?")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "REMOTE_USER": "ada",
        "REMOTE_ADDR": "127.0.0.1",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": request.command,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
    }
    done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True)
    return done.stdout


def sshd() -> Path | None:
    """The ssh server of this machine, if it has one that can run."""
    found = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None or (os.getuid() == 0 and not Path("/run/sshd").is_dir()):
        return None
    return Path(found)


@contextmanager
def ssh(server: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """A real sshd on loopback that lets in one key; the URL of its root, and the ssh command to reach it."""
    folder.mkdir()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "authorized").write_bytes((folder / "user.pub").read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = {
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized",
        "PidFile": "none",
        "StrictModes": "no",
        "PermitRootLogin": "yes",
        "UsePAM": "no",
        "ListenAddress": "127.0.0.1",
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    command = [str(server), "-D", "-e", "-f", "/dev/null", "-p", str(port), *words]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            _wait_for(port, process)
            client = (
                f"ssh -F /dev/null -i {folder / 'user'} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no"
                f" -o UserKnownHostsFile={folder / 'known'}"
            )
            yield f"ssh://{getpass.getuser()}@127.0.0.1:{port}", client
        finally:
            process.terminate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError("sshd does not come up")
