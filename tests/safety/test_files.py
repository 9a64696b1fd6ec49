"""A file is withheld for what it holds; its name only says how closely to look."""

from random import Random

import pytest

from git_ctx.safety.secrets import withhold
from tests.safety import samples

KEY = samples.private_key("PRIVATE " + "KEY")(Random(1)).encode()
GITHUB = ("gh" + "p_" + samples.draw(Random(1), samples.ALNUM, 36)).encode()
PASSWORD = samples.password(Random(1)).encode()
PLAIN = b"correcthorsebattery"


@pytest.mark.parametrize(
    ("path", "content", "rule"),
    [
        ("src/app.py", b"key = '" + GITHUB + b"'", "github-token"),
        ("id_rsa", KEY, "private-key"),
        (
            "certs/server.pem",
            b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" + KEY,
            "private-key",
        ),
        ("settings.ini", ("token=" + GITHUB.decode()).encode("utf-16"), "github-token"),
        (".env", b"DEBUG=1\nDB_PASSWORD=" + PLAIN + b"\n", "env-file"),
        ("deploy/.env.production", b"export API_TOKEN='" + PLAIN + b"'\n", "env-file"),
        ("home/.netrc", b"machine git.internal login ada password " + PLAIN, "netrc-file"),
        (".pgpass", b"db.internal:5432:app:ada:" + PLAIN, "pgpass-file"),
        (".htpasswd", b"ada:{SHA}" + PLAIN, "htpasswd-file"),
        (
            ".docker/config.json",
            b'{"auths": {"r": {"auth": "YWRhOmNvcnJlY3Rob3JzZQ=="}}}',
            "docker-credentials",
        ),
        ("credentials.json", b'{"client_secret": "' + PLAIN + b'"}', "credentials-file"),
        (".aws/credentials", b"[default]\naws_session_token = " + PLAIN, "credentials-file"),
        ("store.jks", b"\xfe\xed\xfe\xed\0\0\0\2", "java-key-store"),
        ("passwords.kdbx", b"\x03\xd9\xa2\x9a\x67\xfb", "password-database"),
        (
            "client.p12",
            bytes.fromhex("308204b10201033082047706092a864886f70d010701a0820468"),
            "key-store",
        ),
    ],
)
def test_a_file_that_holds_a_secret_is_withheld(path: str, content: bytes, rule: str) -> None:
    assert withhold(path, content) == rule


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".env", b"DEBUG=1\nPORT=8000\nDB_PASSWORD=\nAPI_TOKEN=${TOKEN}\nSECRET=changeme\n"),
        (".env.example", b"DB_PASSWORD=" + PLAIN),
        ("id_rsa.pub", b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5x1Yz ada@example.com"),
        ("id_rsa", b"not a key\n"),
        ("server.pem", b"-----BEGIN CERTIFICATE-----\n" + b"MIIB" * 40),
        (".netrc", b"machine git.internal login ada\n"),
        ("config.json", b'{"auth": "basic", "debug": true}'),
        ("credentials.json", b'{"type": "service_account"}'),
        ("app.py", b"DB_PASSWORD=" + PLAIN),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
        ("empty", b""),
    ],
)
def test_a_file_named_like_a_secret_is_kept_where_it_holds_none(path: str, content: bytes) -> None:
    assert withhold(path, content) is None


def test_a_real_password_needs_no_telling_name() -> None:
    assert withhold("compose.yml", b"environment:\n  - DB_PASSWORD=" + PASSWORD) == "password-assignment"
