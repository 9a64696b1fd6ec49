"""Secrets as the files and the commands of tools have them: what stands around one says what it is, and that
it is meant. So two kinds of characters do here, where in code and prose a password needs three.
"""

from git_ctx.safety import judge
from git_ctx.safety.rule import Rule

_VALUE = rb"(?P<secret>[^\s\"'`\\<>]{6,100})"
_LONG = rb"(?P<secret>[^\s\"'`\\<>]{8,100})"
_UUID = rb"(?P<secret>(?i:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}))"
_BASE64 = rb"(?P<secret>[A-Za-z0-9+/]{12,400}={0,2})"
# As in a sentence that tells a password; but not what it may be encoded in.
_WORD_AND_DIGITS = (
    rb"(?P<secret>(?!(?i:base|sha|md|utf|pbkdf|argon|rfc|iso|latin)[\d-])"
    rb"[A-Za-z]{4,24}\d{2,8}[!?#$*]{0,3})(?=[\s\"'`.,;)]|\Z)"
)
_PASSWORDS = (b"password", b"passwd", b"passphrase")
_KEYS = (b"token", b"secret", b"_key", b"apikey", b"api-key")
_AT_THE_END = rb"(?:[\"'](?=[\s,}\]])|,?[ \t]*(?=\r?\n|\Z))"

# The name, and the value on the next line: of YAML's blocks, of JSON that was broken there.
_NEXT_LINE = rb"[\w.-]{0,40}[\"']?[ \t]?:[ \t]*(?:[>|][+-]?)?[ \t]*\r?\n[ \t]{1,40}[\"']?"
# The name as a value of its own: lists of variables in manifests of containers.
_NAMED = rb"[\w.-]{0,40}[\"']?(?:[ \t]*,)?\s{1,40}[\"']?(?i:value)[\"']?[ \t]*:[ \t]*[\"']?"
_BLOCK = rb"[\w.-]{0,40}\"[ \t]*\{[^{}\0]{0,200}?default[ \t]*=[ \t]*\""


def _rule(
    name: str, words: str, form: bytes, judges: judge.Judge = judge.password, near: bytes = b""
) -> Rule:
    literals = tuple(word.encode() for word in words.split("|"))
    return Rule(name, literals, form, judges, near=near, delimited=False)


_ENCODED = (
    Rule(
        "private-key",
        (b"ls0tls1crudjti",),
        rb"LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,20000}={0,2}",
        judge.encoded_key,
        delimited=False,
    ),
    Rule(
        "private-key",  # of which the beginning was cut off
        (b"-----end",),
        rb"(?<![\w+/=])(?>(?:[A-Za-z0-9+/=]{40,76}[ \t]*\r?\n[ \t>|+]{0,8}){2,80})"
        rb"(?>[A-Za-z0-9+/=]{0,76}\s{0,8})-----END[ A-Z0-9]{0,30}PRIVATE KEY-----",
        judge.private_key,
        before=4000,
        since=b"-----",
        delimited=False,
    ),
    _rule(
        "encoded-token",
        "z2hwx|qutjq|c2stch|c2styw50|eg94yi|c2tfbgl2zv|z2xwyx",
        rb"(?:Z2hwX|QUtJQ|c2stcH|c2stYW50|eG94Yi|c2tfbGl2ZV|Z2xwYX)[A-Za-z0-9+/]{24,400}={0,2}",
        judge.encoded,
    ),
    _rule("docker-auth", '"auth"', rb"\"auth\"\s{0,4}:\s{0,4}\"" + _BASE64 + rb"\"", judge.basic),
    _rule("npm-auth", "_auth=|_auth =", rb"_auth ?= ?\"?" + _BASE64, judge.basic),
    _rule("npm-auth", ":_authtoken=", rb":_authToken=\"?" + _UUID, judge.varied),
)

_FILES = (
    Rule(
        "password-file",
        (b":5432:", b":*:"),
        rb"(?<![\w.*-])[\w.*-]{1,100}:(?:5432|\*):[\w.*-]{1,60}:[\w.-]{1,60}:"
        rb"(?P<secret>[^\s:\"'`]{6,100})(?=\s|\Z)",
        judge.password,
        before=100,
        delimited=False,
    ),
    _rule(
        "password-file",
        "password ",
        rb"password[ \t]+" + _VALUE,
        near=rb"\b(?:machine|login)[ \t]+\S+[ \t]+\Z",
    ),
    *(
        _rule(name, words, form + value + _AT_THE_END, judges)
        for form in (_NEXT_LINE, _NAMED)
        for name, words, value, judges in (
            (
                "password-assignment",
                "|".join(word.decode() for word in _PASSWORDS),
                _LONG,
                judge.strong_password,
            ),
            (
                "secret-assignment",
                "|".join(word.decode() for word in _KEYS),
                rb"(?P<secret>[\w+/=.-]{20,200})",
                judge.random,
            ),
        )
    ),
    _rule("password-assignment", "password|passwd|passphrase", _BLOCK + _LONG, judge.strong_password),
    _rule(
        "password-element",
        "<password>",
        rb"<password>" + _VALUE + rb"</",
        near=rb"<username>[^<]{1,100}</username>\s*\Z",
    ),
    _rule(
        "password-assignment",
        "password=",
        rb"password=\"" + _VALUE + rb"\"",
        near=rb"<[^<>]*\buser[^<>]*=\"[^\"]{1,100}\"\s+\Z",
    ),
    _rule(
        "password-assignment",
        "requirepass |masterauth |bindpw |enable secret |snmp-server community |wpa-psk |psk=",
        rb"\S+(?:[ \t](?:secret|community|ascii|\d)){0,2}[ \t=]{1,3}\"?" + _LONG,
        judge.strong_password,
    ),
    _rule(
        "password-assignment",
        "storepassword|keypassword",
        rb"(?:store|key)Password[ \t]*=?[ \t]*[\"']" + _LONG,
        judge.strong_password,
    ),
    _rule(
        "secret-assignment",
        "auth_key'|auth_salt'|logged_in_key'|logged_in_salt'|nonce_key'|nonce_salt'",
        rb"\w+'[ \t]*,[ \t]*'(?P<secret>[^'\n]{40,100})'",
        judge.salt,
    ),
    _rule(
        "uuid-key",
        "client_secret|clientsecret|api_key|apikey|api-key|consul-token|auth-token|access_token",
        rb"[\w-]{6,20}(?:[\"']?\s{0,3}[:=]>?\s{0,3}[\"']?)" + _UUID,
        judge.varied,
    ),
    _rule(
        "uuid-key",
        "api key|api token|access token|client secret",
        rb"\w+ \w+(?: is|:) " + _UUID,
        judge.varied,
    ),
    _rule(
        "one-time-seed",
        "otpauth://",
        rb"otpauth://[^\s\"']{1,200}?secret=(?P<secret>[A-Z2-7]{16,128})",
        judge.anything,
    ),
    _rule(
        "seed-phrase",
        "mnemonic|seed phrase",
        rb"(?i:mnemonic|seed phrase)\W{1,6}(?:is\W{1,3})?"
        rb"(?P<secret>(?:[a-z]{3,8} ){11,23}[a-z]{3,8})(?![\w ])",
        judge.phrase,
    ),
    _rule(
        "vault-token",
        "vault_token=s.|vault login s.",
        rb"(?i:vault_token=|vault login )(?P<secret>s\.[A-Za-z0-9]{24})",
        judge.key,
    ),
)

_STATEMENTS = (
    _rule(
        "password-assignment",
        "identified by ",
        rb"(?i:identified by)[ \t]+(?i:password[ \t]+)?[\"']" + _VALUE + rb"[\"']",
    ),
    _rule(
        "password-assignment",
        "convertto-securestring ",
        rb"\S+[ \t]+(?:-String[ \t]+)?[\"']" + _VALUE + rb"[\"']",
    ),
    _rule(
        "password-assignment",
        "auth=(|.login(",
        rb"(?:auth=|\.login)\([ \t]*[\"'][^\"'\n]{1,60}[\"'],[ \t]*[\"']" + _LONG + rb"[\"']",
        judge.strong_password,
    ),
    _rule(
        "password-assignment",
        "password|passwd",
        rb"\w+[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']" + _WORD_AND_DIGITS,
        near=rb"(?i:user\w*|login|host)[\"']?[ \t]{0,3}[:=]"
        rb"[ \t]{0,3}[\"'][^\"'\n]{1,60}[\"'],\s{0,4}[\"']?\Z",
    ),
    _rule(
        "password-in-url",
        "password=|passwd=|pwd=",
        rb"\w+=(?P<secret>[^\s&\"'`<>{}\\]{6,200})",
        near=rb"(?:\A|[?&\s\"'])(?:user|username|login|email)=[^&\s]{1,100}&\Z",
    ),
    _rule(
        "password-option",
        "sshpass|mysql|mariadb|7z |az login ",
        rb"[\w-]+[^\n|;&]{0,120}? -[pP] ?[\"']?" + _LONG,
        judge.strong_password,
    ),
    _rule("password-option", "mysql |mysqldump |mariadb ", rb"[\w-]+ [^\n|;&]{0,120}?-p" + _WORD_AND_DIGITS),
    _rule(
        "password-option",
        "curl ",
        rb"curl [^\n|;]{0,200}?-[a-zA-Z]{0,6}u[ =][\"']?[^\s:\"']{1,60}:(?P<secret>[^\s\"'@]{6,100})",
    ),
    _rule(
        "password-option",
        "http -a |https -a ",
        rb"https? -a [\"']?[^\s:\"']{1,60}:(?P<secret>[^\s\"'@]{6,100})",
    ),
    _rule(
        "password-option",
        "-storepass |-keypass |ssh-keygen |ldapsearch ",
        rb"-?[\w-]+ (?:[^\n|;&]{0,120}? ?-[Nw] ?)?[\"']?" + _LONG,
        judge.strong_password,
    ),
    _rule(
        "password-option",
        "-pass pass:|-passin pass:|-passout pass:",
        rb"-\w+ pass:(?P<secret>[^\s\"'`\\|]{6,100})",
    ),
    Rule(
        "password-option",
        (b"| sudo -s", b"| chpasswd"),
        rb"echo [\"']?(?:[\w.-]{1,40}:)?(?P<secret>[^\s\"'|]{6,100})[\"']? ?\| ?(?:sudo -S|chpasswd)",
        judge.password,
        before=120,
        delimited=False,
    ),
)

_PROSE = (
    _rule(
        "password-in-prose",
        "password|passwd|passphrase|pwd |pw ",
        rb"(?i:password|passwd|passphrase|pwd|pw)(?: for [\w@. -]{1,40}?)?(?: is| was|:)?:? [\"'`]?"
        + _WORD_AND_DIGITS,
    ),
    _rule(
        "password-in-prose",
        "credentials",
        rb"(?i:credentials)(?: are| is)?:? [\"'`]?[\w.@-]{1,40}[\"'`]? ?/ ?[\"'`]?" + _VALUE,
    ),
    _rule(
        "password-in-prose",
        "log in with|login with|log in as|login as",
        rb"(?i:log ?in (?:with|as)) [\"'`]?[\w.@-]{1,40}[\"'`]?(?: and|,|/|:)? [\"'`]?" + _LONG,
        judge.strong_password,
    ),
    _rule(
        "password-in-prose",
        "passwort|kennwort|mot de passe|senha|contrase",
        rb"(?i:passwort|kennwort|mot de passe|senha|contrase\xc3\xb1a)"
        rb"(?: ist| lautet| est| \xc3\xa9| es)? ?:? [\"'`]?" + _LONG,
        judge.strong_password,
    ),
)

CONFIGURED: tuple[Rule, ...] = (*_ENCODED, *_FILES, *_STATEMENTS, *_PROSE)
