"""A private key goes to its last line, on every Python: 3.11.2 misreads some possessive groups."""

import base64
import random

import pytest

from git_ctx.safety.secrets import redact


@pytest.mark.parametrize("kind", ["", "RSA ", "OPENSSH ", "EC "])
@pytest.mark.parametrize("length", [600, 1190, 1674, 3300])
def test_nothing_of_a_key_is_left(kind: str, length: int) -> None:
    body = base64.b64encode(random.Random(length).randbytes(length)).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    begin, end = (f"-----{word} {kind}PRIVATE KEY-----" for word in ("BEGIN", "END"))
    text = "\n".join(["here it is", begin, *lines, end, "and more"])
    assert redact(text) == ("here it is\n[redacted: private-key]\nand more", ("private-key",))
