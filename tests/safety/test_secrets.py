"""Planted keys of every kind are found and taken out; what only looks like one is left alone."""

import subprocess
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.safety import secrets
from git_ctx.safety.rules import RULES
from tests.safety.samples import ALNUM, SAMPLES, Sample, draw

ROOT = Path(__file__).parents[2]

planted = st.builds(
    lambda choice, seed: choice[1].replace("{}", choice[2](Random(seed))),
    st.sampled_from(SAMPLES),
    st.integers(0, 10**9),
)
pieces = st.one_of(
    planted,
    st.text(max_size=8),
    st.sampled_from(
        [
            "\n",
            " ",
            '"',
            "'",
            "=",
            ":",
            "@",
            "\\n",
            "é",
            "\udce9",
            "中",
            "://",
            "password=",
            "[redacted: jwt]",
        ]
    ),
)
texts = st.lists(pieces, max_size=6).map("".join)


@pytest.mark.parametrize(("rule", "line", "sample"), SAMPLES, ids=[f"{s[0]}:{s[1]}" for s in SAMPLES])
def test_a_planted_secret_is_found_and_taken_out(rule: str, line: str, sample: Sample) -> None:
    random, found = Random(rule + line), 0
    for _ in range(20):
        secret = sample(random)
        text = (
            f"before\n  {line.replace('{}', secret)}\nafter"
            if "  " not in line
            else line.replace("{}", secret)
        )
        redacted, rules = secrets.redact(text)
        found += secret not in redacted and rules == (rule,) and f"[redacted: {rule}]" in redacted
        assert redacted.startswith(text[: text.index(secret)][:6])
    assert found >= 19, "chance can draw one that looks like a word, and no more"


def test_every_rule_has_a_sample() -> None:
    assert {rule.name for rule in RULES} == {rule for rule, _, _ in SAMPLES}


def test_literals_are_lower_case_as_the_pass_over_the_text_is() -> None:
    assert all(literal == literal.lower() for rule in RULES for literal in rule.literals)


@given(texts)
@settings(max_examples=150)
def test_what_was_redacted_holds_no_secret_and_stays_as_it_is(text: str) -> None:
    redacted, rules = secrets.redact(text)
    assert secrets.scan(redacted) == ()
    assert secrets.redact(redacted) == (redacted, ())
    assert (redacted == text) == (rules == ())
    for rule in rules:
        assert rule in {known.name for known in RULES}


@given(texts)
@settings(max_examples=100)
def test_a_hit_stands_where_it_says(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    by_bytes, by_characters = secrets.scan(data), secrets.scan(text)
    assert [hit.rule for hit in by_bytes] == [hit.rule for hit in by_characters]
    end = 0
    for raw, hit in zip(by_bytes, by_characters, strict=True):
        inside = text[hit.start : hit.end].encode("utf-8", "surrogatepass")
        assert inside.startswith(data[raw.start : raw.end])
        assert len(inside) - (raw.end - raw.start) < 4
        assert hit.line == raw.line == text[: hit.start].count("\n") + 1
        assert end <= hit.start < hit.end
        end = hit.end


@given(st.binary(max_size=200))
def test_any_bytes_can_be_scanned(data: bytes) -> None:
    assert all(data[hit.start : hit.end] for hit in secrets.scan(data))


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
        "AKIA" + "1234567890ABCDEF",
        "AKIA" + "X" * 16,
        'password = "..."',
        'password = "hunter2"',
        'password: "correct horse battery staple"',
        "PASSWORD=${DB_PASSWORD}",
        "PASSWORD=$PASSWORD",
        "DB_PASSWORD=changeme",
        "DB_PASSWORD=p4ssw0rd123",
        "API_TOKEN=<your token>",
        "API_TOKEN=your-token-here-1234",
        "API_TOKEN={{ secrets.API_TOKEN2 }}",
        "SECRET_KEY=/run/secrets/key_2024",
        "TOKEN_URL=https://example.com/token2",
        "MAX_TOKENS=20000000",
        "secret_name = module.secret_version2",
        "let usingPassword = !!process.env.PASSWORD",
        "const hasPassword = !!config?.auth.Password1",
        "token = self.read_token_2(stream)",
        "token: Optional[Token2]",
        'token = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"',
        'token = "abcdefghijklmnopqrstuvwxyz0123456789"',
        'api_key = "00000000-0000-0000-0000-000000000000"',
        'secret = "the-quick-brown-fox-jumps-over-2-dogs"',
        'csrf_token = "MASKED_TEST_SECRET_VALUE_NUMBER_2"',
        "gh" + "p_" + "x" * 36,
        "gh" + "p_" + "1234567890" * 3 + "123456",
        "gh" + "p_EXAMPLEexampleEXAMPLEexampleEXAMPLE12",
        "s" + "k-" + "your-api-key-goes-here-and-is-long-enough",
        "sk_liv" + "e_" + "x" * 24,
        "xox" + "b-your-token-goes-here",
        "https://user:pass@example.com/",
        "https://user:password@host/path",
        "postgres://postgres:postgres@db/app",
        "postgres://app:S3cr-3tPa5s@localhost:5432/app",
        "amqp://guest:guest@rabbit:5672/",
        "https://user:${PASSWORD}@git.internal/",
        "https://user:%s@git.internal/" + "%d",
        "http://a:b@c",
        "https://github.com/owner/name@v1.2.3",
        "git+ssh://git@github.com/owner/name.git",
        "Server=x;Password=...;",
        "-----BEGIN RSA PRIVATE " + "KEY-----\n...\n-----END RSA PRIVATE " + "KEY-----",
        "-----BEGIN PRIVATE " + "KEY-----\n<key>\n",
        "-----BEGIN CERTIFICATE-----\n" + "MIIB" * 60,
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0Ijox"
        + "NTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        "Authorization: Bearer $TOKEN",
        "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "integrity sha512-Vo0VlMnkR4BkqEvtdyZRWTcOsCnIoQ7fVOu1XAURIZYoOZ3iq8Dr4M==",
        "ActionMailbox::Relayer.new(url: url, password: password).relay(STDIN.read).tap do",
        "ActiveModel::SecurePassword.min_cost = Rails.env.test?",
        "register_algorithm :argon2, SecurePassword::Argon2Password",
        "do |salt, secret_key_base: Rails.application.secret_key_base|",
        'render :text => "Password Required!"',
        "https://docs.internal/form?formkey=dDwjXZ0wB3m1kDPOh2mUyF3qRt8Lx9Vb",
        "cache_key = dDwjXZ0wB3m1kDPOh2mUyF3qRt8Lx9Vb",
        "Password: endpoint.HTTPAuth.Password,",
        "password: Option[String],",
        "public fun -deprecated_password ()Ljava/lang/String;",
        '  minipass: "npm:^7.0.4"',
        "  bypass: ^3.0.0-beta.2",
        "  password: cGFzc3dvcmQ=",  # what is behind it is a password that says what it is
        'clientSecret: "urn:k8s:secret:my-secret:clientSecret"',
        "routing_key='0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.1.1.1.0.testcelery'",
        "Authorization: AWS4-HMAC-SHA256 Credential=xxx/19700101/0/127/xxx4_request, SignedHeaders=a",
        'SECRET_KEY = "192b9bdd22ab9ed4d12e' + '236c78afcb9a393ec15f71bbf5dc987d54727823bcbf"',
        "docsearch({\n  apiKey: 'c2d9a1b45c7f4b3a" + "9d8e7f6a5b4c3d2e',\n  indexName: 'docs'\n})",
        "http://a.internal/?token=token_1234&val=foo,bar",
        "curl -d 'user=foobar&pass=12345&id=blablabla&ding=submit'",
        'parser.add_argument("password", "Password-file")',
        "the password is wrong, and the passphrase is required",
        "it will send the password Base64 encoded, the passwd sha512-hashed",
        "tls.key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCi0tLS0tRU5EIFBSSVZBVEUgS0VZLS0tLS0=",
        "password:\n  required: true\n  type: string\n",
        "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: {}\n",
        'variable "db_password" {\n  type = string\n  default = ""\n}',
        "CREATE USER ada IDENTIFIED BY 'password';",
        "auth=('user', 'password')",
        "mnemonic: the word that stands for an opcode in the assembler of this machine",
        'unzip -p "zip/$ASSET" terraform-equivalence-2',
        "git@heroku.com:warm-frost-1289.git",
        "add_password: Callable[[str, str, str2], None]",
        'params = append(params, "password="+args.Password2)',
        "detectorXMLFactoryBypass=XMLFactoryBypass|true",
        '<input name="authenticity_token" value="Lz6ILqUEs2CGdDa-oz38TqcqQORavGnbGkG0CQA8zc8">',
        "# requirepass foobared",
        "default login anonymous password user@domain",
        "kind: Secret\ndata:\n  password: c2VjdXJlLXBhc3N3b3Jk\n",
        "tokens: ['identifier', 'string_literal', 'end_of_file_marker']",
        "RESET_PASSWORD=reset_password",
        "https://user:password@db.internal/",
        "[redacted: github-token]",
        "DB_PASSWORD=[redacted: password-assignment]",
    ],
)
def test_placeholders_and_lookalikes_are_left_alone(text: str) -> None:
    assert secrets.scan(text) == ()


@pytest.mark.parametrize("length", range(12, 30))
def test_words_that_look_like_base64_are_no_secret_whatever_their_length(length: int) -> None:
    text = f"Authorization: Basic {('functionality' * 3)[:length]}"
    assert secrets.redact(text) == (text, ())


def test_this_project_holds_no_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True)
    names = listed.stdout.decode().split("\n")[:-1] or [str(p) for p in ROOT.rglob("*.py")]
    assert len(names) > 20
    hits = {name: secrets.scan((ROOT / name).read_bytes()) for name in names if (ROOT / name).is_file()}
    assert {name: found for name, found in hits.items() if found} == {}


def test_the_line_of_a_hit_counts_from_one() -> None:
    key = SAMPLES[0][2](Random(1))
    assert [hit.line for hit in secrets.scan(f"{key}\n\né{key}".replace("é", "é "))] == [1, 3]


def test_neighbours_in_json_text_are_found_though_escapes_touch_them() -> None:
    key = next(sample for rule, _, sample in SAMPLES if rule == "github-token")(Random(2))
    assert secrets.redact(f'"line\\n{key}\\nnext"')[0] == '"line\\n[redacted: github-token]\\nnext"'


def test_what_taking_one_out_uncovers_goes_too() -> None:
    key, value = SAMPLES[0][2](Random(1)), draw(Random(1), ALNUM, 32)
    text = f'test-{key}-token = "{value}"'  # a test's token, as long as the name says so
    assert [hit.rule for hit in secrets.scan(text)] == ["aws-access-key"]
    assert (
        secrets.redact(text)[0] == 'test-[redacted: aws-access-key]-token = "[redacted: secret-assignment]"'
    )


@pytest.mark.parametrize(
    "piece",
    [
        "://a:",
        "password=",
        "token: ",
        "host=password=",
        "eyJ",
        "-----BEGIN PRIVATE KEY-----",
        "AKIA",
        "bot ",
        "sk-",
        "mapquest ",
        "mapquest_key",
        "tokens: [",
        "api_keys:\n- abcdefghijklmnop12345\n",
        "kind: secret\ndata:\n a: b\n",
        "$6$abcd",
        " as the ",
        "my password is ",
        "cookie: session=abc",
        "private-lines: 2\nabcdefgh",
        "machine a login b password ",
    ],
)
def test_hostile_text_is_scanned_in_linear_time(piece: str) -> None:
    import time

    def spent(text: str) -> float:
        started = time.process_time()
        secrets.scan(text)
        return time.process_time() - started

    spent(piece * 10)
    small, large = spent(piece * 1_000), spent(piece * 10_000)
    assert large < max(0.05, small) * 40
