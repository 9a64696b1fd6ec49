"""Passwords that people chose, plain words too, where nothing but a password can stand."""

from git_ctx.safety import judge
from git_ctx.safety.rule import Rule

_WORD = rb"(?P<secret>[^\s\"'`\\<>|;&,(){}\[\]$]{6,100})"
_END = rb"(?=[\"'`;,.)]{0,2}(?:\s|\Z))"
_HOSTS = (
    rb"(?!(?i:localhost|127\.|0\.0\.0\.0|\[::1|host\b|hostname|server\b|[\w.-]*\bexample\b"
    rb"|[\w.-]*\.(?:test|invalid|localhost)\b))[\w\[]"
)


def _rule(
    words: str,
    form: bytes,
    judges: judge.Judge = judge.word,
    near: bytes = b"",
    name: str = "password-option",
    before: int = 0,
) -> Rule:
    literals = tuple(word.encode() for word in words.split("|"))
    return Rule(name, literals, form, judges, near=near, before=before, delimited=False)


CHOSEN: tuple[Rule, ...] = (
    # A variable of an environment, alone on its line or set for a command.
    _rule(
        "password=|passwd=|passphrase=|pwd=",
        rb"(?:PASSWORD|PASSWD|PASSPHRASE|PWD)=(?P<quote>[\"']?)" + _WORD + rb"(?P=quote)(?=\s|\Z)",
        near=rb"(?:\A|[ \t])(?![A-Z0-9_]*(?:TEST|EXAMPLE|DUMMY|FAKE|MOCK))[A-Z0-9][A-Z0-9_]{0,80}_\Z",
        name="password-assignment",
    ),
    _rule(
        "://",
        rb"://(?P<user>[\w.%-]{1,60}):(?!(?P=user)@)(?P<secret>[a-z]{8,40})@" + _HOSTS,
        name="password-in-url",
    ),
    _rule(
        "requirepass |masterauth ",
        rb"\w+[ \t]+\"?" + _WORD + _END,
        near=rb"(?i)(?:\A[ \t]*|--|set )\Z",
        name="password-assignment",
    ),
    _rule(
        "auth-pass ",
        rb"auth-pass \w{1,40} " + _WORD + _END,
        judge.password,
        near=rb"\A[^#]*\Z",
        name="password-assignment",
    ),
    _rule(
        "auth ",
        rb"AUTH[ \t]+(?:\w{1,30}[ \t]+)?" + _WORD + rb"(?=\s|\Z)",
        judge.strong_password,
        near=rb"(?:\A[ \t]*|> ?)\Z",
    ),
    _rule("redis-cli ", rb"redis-cli [^\n|;&]{0,120}?-a [\"']?" + _WORD + _END),
    _rule(
        "mysql |mysqldump |mariadb ",
        rb"[\w-]+ [^\n|;&]{0,120}?(?:--password=|-p)(?P<secret>[A-Za-z][A-Za-z0-9]{7,40})(?=\s|\Z)",
    ),
    _rule(
        "password ",
        rb"password[ \t]+" + _WORD + rb"(?=\s|\Z)",
        near=rb"\A(?:machine[ \t]+\S+[ \t]+)?login[ \t]+\S+[ \t]+\Z",
        name="password-file",
    ),
    _rule(
        "machine ",
        rb"machine[ \t]+\S{1,100}\s+login[ \t]+\S{1,100}\s+password[ \t]+" + _WORD + rb"(?=\s|\Z)",
        near=rb"\A[ \t]*\Z",
        name="password-file",
    ),
    _rule(
        ":5432:",
        rb"(?<![\w.*-])[\w.*-]{1,100}:5432:[\w.*-]{1,60}:[\w.-]{1,60}:(?P<secret>[^\s:\"'`]{6,100})(?=\s|\Z)",
        name="password-file",
        before=100,
    ),
    _rule(
        "curl ",
        rb"curl [^\n|;]{0,200}?(?:-[a-zA-Z]{0,6}u|--user)[ =]?[\"']?[^\s:\"'$]{1,60}:"
        rb"(?P<secret>[a-z]{8,60})(?=[\s\"'])",
    ),
    _rule("sftp |lftp |ncftp ", rb"\w+ [^\s:@/]{1,40}:(?P<secret>[^\s@\"'`]{6,100})@\w", judge.password),
    _rule(
        "net use ", rb"net use [^\n]{0,60}?\\\\\S{1,80}[ \t]+(?!/)" + _WORD + rb"[ \t]+/user:", judge.password
    ),
    _rule(
        "openssl enc |zip -p ", rb"[\w-]+ [^\n|;&]{0,120}?-[kP] [\"']?" + _WORD + _END, judge.strong_password
    ),
    _rule(
        "my password is |our password is |my pw is |my pwd is ",
        rb"\w+ \w+ is:? [\"'`]?" + _WORD + _END,
        name="password-in-prose",
    ),
    _rule(
        "app password|app-password",
        rb"(?i:app.password)(?: is|:|=| =)? ?[\"'`]?(?P<secret>(?:[a-z]{4} ){3}[a-z]{4})(?![\w ]\w)",
        judge.anything,
        name="password-in-prose",
    ),
    _rule(
        " as the | as my | as our | as your | as an ",
        rb"(?<![\w/+=.-])(?P<secret>[\w+/=~-]{20,200})[\"'`]? as (?:the|my|our|your|an) "
        rb"(?:[\w-]{1,20} ){0,2}(?:key|token|secret|password)\b",
        judge.random,
        before=210,
        name="secret-in-prose",
    ),
    _rule(
        "npmauthident",
        rb"\w+[\"']?: ?[\"']?[^\s:\"']{1,60}:(?P<secret>[^\s\"']{8,200})",
        judge.anything,
        name="npm-auth",
    ),
    _rule(
        'password">|passwd">|secret">|token">',
        rb"\w+\">(?P<secret>[^\s<>]{8,100})</\w+",
        judge.strong_password,
        near=rb"<(?:entry|property|string|add|value|param|item|setting)\b[^<>]*\Z",
        name="password-element",
    ),
)
