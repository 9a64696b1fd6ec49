"""Secrets as systems keep them: hashes of passwords, lists of tokens, manifests, other armours of keys."""

from git_ctx.safety import judge
from git_ctx.safety.rule import Rule

_B64 = rb"[A-Za-z0-9+/]"
_CRYPT = rb"[./A-Za-z0-9]"
_ALL = rb"(?i:(?<=access_)keys|(?<=api_)keys|(?<=api)keys|(?<=auth_)keys|tokens|secrets|passwords)"
_EACH = rb"[\"']?[\w+/=.~-]{16,200}[\"']?"
# The user whose password it is of, or a comment that shows what comes out, says that it is made up.
_MEANT = rb"(?i)\A(?!.*(?:test|example|dummy|fake|mock|sample|=> ))"
_LINES = rb"(?:[ \t]+[\"']?[\w.-]{1,80}[\"']?:[^\n\0]{0,4000}(?:\r?\n|\Z)){1,40}"


def _rule(name: str, words: str, form: bytes, judges: judge.Judge = judge.varied, before: int = 0) -> Rule:
    literals = tuple(word.encode() for word in words.split("|"))
    near = _MEANT if name == "password-hash" else b""
    return Rule(name, literals, form, judges, near=near, before=before, delimited=False)


_HASHES = (
    _rule("password-hash", "$2a$|$2b$|$2x$|$2y$", rb"\$2[abxy]\$\d\d\$" + _CRYPT + rb"{53}", judge.digest),
    _rule(
        "password-hash",
        "$5$|$6$|$1$|$apr1$|$y$",
        rb"\$(?:[156y]|apr1)\$(?:rounds=\d{1,9}\$)?(?:" + _CRYPT + rb"{1,16}\$){1,2}" + _CRYPT + rb"{22,86}",
        judge.digest,
    ),
    _rule(
        "password-hash",
        "$argon2|$scrypt$|$pbkdf2",
        rb"\$(?:argon2\w{1,2}|scrypt|pbkdf2(?:-\w{1,10})?)\$[\w=,$]{1,60}\$[\w./+-]{8,90}\$[\w./+=-]{20,180}",
        judge.digest,
    ),
    _rule(
        "password-hash",
        "pbkdf2_sha|pbkdf2:sha|scrypt:",
        rb"(?:pbkdf2[_:]sha\w{1,4}|scrypt)[:$][\d:]{1,20}\$[\w./+=-]{6,60}\$[\w./+=-]{20,180}",
        judge.digest,
    ),
    _rule(
        "password-hash",
        "{ssha|{sha}|{sha256}|{sha512}|{smd5}",
        rb"\{(?i:ssha\d{0,3}|sha\d{0,3}|smd5)\}(?P<secret>" + _B64 + rb"{24,120}={0,2})",
    ),
    _rule("password-hash", "$krb5", rb"\$krb5\w{2,8}\$\d\d\$[^\s\"']{20,4000}", judge.digest),
)

_ARMOURS = (
    _rule(
        "private-key",
        "---- begin ssh2",
        rb"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----(?>(?:(?!---- (?:BEGIN|END))[^\0]){60,20000})"
        rb"---- END SSH2 ENCRYPTED PRIVATE KEY ----",
        judge.private_key,
    ),
    _rule(
        "putty-private-key",
        "private-lines:",
        rb"Private-Lines: \d+\s+(?P<secret>[A-Za-z0-9+/=]{24,}(?:\s+[A-Za-z0-9+/=]{4,}(?=\s))*)",
    ),
    _rule(
        "private-key",
        "encrypted secret key\n",
        rb"encrypted secret key\n(?P<secret>" + _B64 + rb"{100,300}={0,2})",
    ),
)

_LISTS = (
    _rule(
        "secret-assignment",
        "keys|tokens|secrets|passwords",
        _ALL + rb"[\"']?[ \t]*(?:=>|:=|=|:)[ \t]*"
        rb"(?P<secret>[\[({]\s*(?:(?>" + _EACH + rb")(?:\s*,\s*)?){1,200}\s*[\])}])",
        judge.some,
    ),
    _rule(
        "secret-assignment",
        "keys=|tokens=|secrets=|passwords=",
        _ALL + rb"=[\"']?"
        rb"(?P<secret>[\w+/=.~-]{16,200}(?:[,;][\w+/=.~-]{16,200}){1,100})",
        judge.some,
    ),
    _rule(
        "secret-assignment",
        "keys:|tokens:|secrets:|passwords:",
        _ALL + rb":[ \t]*\r?\n"
        rb"(?P<secret>(?:[ \t]*-[ \t]+" + _EACH + rb"[ \t]*(?:\r?\n|\Z)){1,200})",
        judge.some,
    ),
    _rule(
        "kubernetes-secret",
        "kind: secret",
        rb"kind: Secret[ \t]*\r?\n(?:(?!---|(?:stringD|d)ata:)[^\n\0]{0,300}\n){0,40}"
        rb"(?:stringD|d)ata:[ \t]*\r?\n(?P<secret>" + _LINES + rb")",
        judge.manifest,
    ),
    _rule(
        "kubernetes-secret",
        "kind: secret",
        rb"(?:stringD|d)ata:[ \t]*\r?\n(?P<secret>"
        + _LINES
        + rb")(?:[A-Za-z]+:[^\n]{0,80}\n){0,2}kind: Secret\b",
        judge.manifest,
        before=3000,
    ),
)

_WEBHOOKS = (
    _rule("lark-webhook", "/open-apis/bot/", rb"/open-apis/bot/v\d/hook/(?P<secret>[0-9a-f-]{32,36})"),
    _rule("wecom-webhook", "/cgi-bin/webhook/send?key=", rb"[^=\s]+=(?P<secret>[0-9a-f-]{36})"),
    _rule(
        "ifttt-webhook",
        "maker.ifttt.com/",
        rb"[\w.]+/trigger/[\w-]{1,80}/(?:json/)?with/key/(?P<secret>[\w-]{20,43})",
    ),
)

KEPT: tuple[Rule, ...] = (*_HASHES, *_ARMOURS, *_LISTS, *_WEBHOOKS)
