"""Secrets that have no form of their own: what stands beside them says what they are.

URLs, headers, connection strings, settings, options, markup and sentences, with the judge that each needs.
"""

from git_ctx.safety import judge
from git_ctx.safety.rule import Rule

_NAMES = (
    b"password passwd passphrase secret token api_key apikey api-key access_key accesskey access-key "
    b"private_key privatekey signing_key encryption_key auth_key authkey license_key bearer credential "
    b'_key= _key: _key"'
)
_SECRET_NAMES = tuple(_NAMES.split())
_PASSWORD_NAMES = (b"password", b"passwd", b"passphrase", b"secret", b"pwd", b"pass:", b"pass=", b"pass ")
_VARIABLES = (*_SECRET_NAMES, b"_pass=", b"_pwd=", b"_auth=")
_INLINE_NAMES = (b"password=", b"passwd=", b"passphrase=", b"pwd=", b"password:", b"password :", b"pwd:")
_PROSE_NAMES = (b"token ", b"api key", b"access key", b"secret key", b"secret ")

# The name, as far as it stands before the literal, does not say that its value is made up.
_NOT_A_TEST = rb"(?<![\w.-])(?![\w.-]*(?i:test|example|dummy|fake|mock|sample))[\w.-]*(?<![Bb]y)(?<![Cc]om)\Z"

# user:password@host, less hosts that are nobody's or one's own, and passwords that repeat the user.
_URL_PASSWORD = (
    rb"://(?P<user>[^\s:/?#@\"'`<>\[\]{}|\\]{0,100}):(?!(?P=user)@)(?P<secret>[^\s/@\"'`<>|\\]{4,200})@"
    rb"(?!(?i:localhost|127\.|0\.0\.0\.0|\[::1|host\b|hostname|server\b|[\w.-]*\bexample\b"
    rb"|[\w.-]*\.(?:test|invalid|localhost)\b))[\w.\-\[]"
)

_NAME_END = rb"[\w.-]{3,60}(?:\\?[\"'])?\]?[ \t]{0,8}(?:=>|:=|={1,3}|:| value=)[ \t]{0,8}"
_UNQUOTED = rb"(?P<secret>(?:(?!&\w+=)[^\s\"'`\\,;(){}\[\]<>]){6,200})"
_LINE_END = rb"[\"']?[ \t\\]*\r?(?=\n|\Z)"

# NAME=value in capitals, without a space, wherever it stands: .env, Dockerfile, compose, a shell's line.
_VARIABLE = rb"[A-Z0-9_-]{4,60}=(?P<quote>[\"']?)" + _UNQUOTED + rb"(?P=quote)(?![^\s,;\"'\\])"
# password = "value" in code.
_QUOTED = _NAME_END + rb"b?\\?(?P<quote>[\"'`])(?P<secret>[^\s\"'`\\]{8,100})\\?(?P=quote)"
# password: value to the end of the line in YAML and in settings; in .properties also without a space.
_SETTING = _NAME_END + _UNQUOTED + _LINE_END
# password=value with a sentence around it; ('password', 'value') in calls.
_INLINE = (
    rb"(?i:password|passwd|passphrase|pwd)(?:=| ?: ?)[\"'`]?" + _UNQUOTED + rb"(?=[\"'`.,;)]{0,2}(?:\s|\Z))"
)
_ARGUMENT = rb"[\w.-]{3,60}(?P<quote>[\"']),[ \t]{0,8}(?P=quote)(?P<secret>[^\s\"'`\\]{8,100})(?P=quote)"
_CALL = (
    rb"(?i:password|passwd|passphrase)\([ \t]{0,4}(?P<quote>[\"'])(?P<secret>[^\s\"'`\\]{8,100})(?P=quote)"
)
# key = value, where the name says no more than that: longer, and nothing but what keys are made of.
_KEY = (
    rb"(?i:key)[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?P<secret>[A-Za-z0-9+/_-]{24,100}={0,2})(?![\w(\[{<+/.-])"
)
_NO_SUCH_KEY = (
    rb"(?<![\w.?&-])(?![\w. -]*(?i:test|example|dummy|fake|mock|sample|pub|cache|sort|primary|foreign))"
    rb"[\w.-]*\Z"
)
_CALLED = (b"password(", b"passwd(", b"passphrase(")
_SHORT_PROSE = rb"pw(?: is)?[:=]? ?" + _UNQUOTED
_AUTH = rb" -a [\"']?" + _UNQUOTED
_COOKIE = rb"[\w.-]{3,30}=(?P<secret>[\w%+/.~-]{20,300})"
_QUERY = rb"\w{2,20}=(?P<secret>[^\s&\"'`<>{}\\]{6,200})"
_ORACLE = rb"jdbc:oracle:\w+:[\w$]{1,60}/(?P<secret>[^\s@\"'/]{4,100})@"
_PROPERTY = rb"[\w.-]{5,60}=" + _UNQUOTED + _LINE_END
_OPTION = rb"-[a-z-]{4,30}[= ][\"']?" + _UNQUOTED
_USER_OPTION = rb"(?:-u|--user)[= ]?[\"']?[^\s:\"']{1,60}:(?P<secret>[^\s\"'`@]{6,100})"
_SHORT_OPTION = rb" -p ?[\"']?" + _UNQUOTED
_ELEMENT = rb"\w{3,30}>(?P<secret>[^\s<>]{6,100})</\w+"
_GIVEN = (
    rb"(?: (?:for|of|to|on|at|in) [\w@. -]{1,40}?(?: is| was| =|=|:)?|(?: is| was)?:?)(?::? |(?<==)) ?[\"'`]?"
)
_PROSE = (
    rb"(?:(?i:password|passwd|passphrase)" + _GIVEN + rb"|secret (?:is|was):? )(?P<secret>[^\s\"'`\\]{8,100})"
)
_KEY_PROSE = rb"(?:\w{3,10} )?(?i:token|key|secret)" + _GIVEN + rb"(?P<secret>[\w+/=.-]{20,200})"

# name = "value" in code, "name": "value" in JSON, name: value in YAML, Name: value in a header.
_ASSIGNMENT = (
    _NAME_END + rb"(?:b?\\?[\"'`])?"
    rb"(?P<secret>(?>[\w+/=.~!@#$%^*-]{1,1500}(?:&(?!\w+=)[\w+/=.~!@#$%^*-]*){0,9}))(?![\w(\[{<+/-])"
)

NAMED: tuple[Rule, ...] = (
    Rule("password-in-url", (b"://",), _URL_PASSWORD, judge.password, delimited=False),
    Rule(
        "token-in-url",
        (b"://",),
        rb"://(?P<secret>[A-Za-z0-9_-]{20,200})@[A-Za-z0-9]",
        judge.random,
        delimited=False,
    ),
    Rule(
        "authorization",
        (b"bearer ", b"authorization: "),
        rb"(?i:authorization: [a-z]+|bearer) {1,4}(?P<secret>[\w.=+/~-]{20,})",
        judge.random,
        delimited=False,
    ),
    Rule(
        "authorization",
        (b"basic ",),
        rb"(?i:basic) {1,4}(?P<secret>[A-Za-z0-9+/]{12,}={0,2})",
        judge.basic,
        near=rb"(?i)authorization",
        delimited=False,
    ),
    Rule(
        "password-in-url",
        (b"password=", b"passwd=", b"pwd=", b"pass="),
        _QUERY,
        judge.password,
        near=rb"://\S*[?&;]\w*\Z",
        delimited=False,
    ),
    Rule(
        "connection-string",
        (b"password=", b"pwd=", b"password =", b"pwd ="),
        rb"(?i:password|pwd) ?= ?[\"']?(?P<secret>(?:(?!&\w+=)[^;\s\"'<>{}]){6,200})",
        judge.password,
        near=rb"(?i:server|data source|host|user(?: id)?|uid|database|dbname|initial catalog) ?=",
        delimited=False,
    ),
    Rule("connection-string", (b"jdbc:oracle:",), _ORACLE, judge.password, delimited=False),
    Rule(
        "secret-assignment",
        _SECRET_NAMES,
        _ASSIGNMENT,
        judge.random,
        near=_NOT_A_TEST,
        # keys that a page's search shows to everybody, and what forms carry for one visit
        unless=rb"(?i:docsearch|algolia\w*\(|indexName|authenticity_token|[cx]srf)",
        delimited=False,
    ),
    *(
        Rule("password-assignment", names, form, judges, near=_NOT_A_TEST, delimited=False)
        for names, form, judges in (
            (_VARIABLES, _VARIABLE, judge.password),
            (_PASSWORD_NAMES, _QUOTED, judge.strong_password),
            (_PASSWORD_NAMES, _SETTING, judge.strong_password),
            (_PASSWORD_NAMES, _PROPERTY, judge.password),
        )
    ),
    Rule(
        "secret-assignment",
        (b"key=", b"key =", b"key:", b'key"', b"key'"),
        _KEY,
        judge.random,
        near=_NO_SUCH_KEY,
        unless=rb"(?i:docsearch|algolia\w*\(|indexName|public[ _-]?key)",
        delimited=False,
    ),
    Rule(
        "session-cookie",
        (b"session", b"sid=", b"auth", b"jwt=", b"token="),
        _COOKIE,
        judge.key,
        near=rb"(?i)cookie:",
        delimited=False,
    ),
    Rule(
        "password-option", (b"-passw", b"-token", b"-secret"), _OPTION, judge.strong_password, delimited=False
    ),
    Rule(
        "password-option",
        (b" -p",),
        _SHORT_OPTION,
        judge.strong_password,
        near=rb"docker login|sshpass|mysql|mariadb|mongo",
        delimited=False,
    ),
    Rule(
        "password-element", (b"password>", b"passwd>", b"secret>", b"token>"), _ELEMENT, judge.strong_password
    ),
    Rule("password-option", (b"-u", b"--user"), _USER_OPTION, judge.password, near=rb"curl|wget|http"),
    Rule("password-in-prose", _PASSWORD_NAMES, _PROSE, judge.strong_password),
    Rule(
        "password-in-prose", _INLINE_NAMES, _INLINE, judge.strong_password, delimited=False, near=_NOT_A_TEST
    ),
    Rule(
        "password-assignment",
        _PASSWORD_NAMES,
        _ARGUMENT,
        judge.strong_password,
        delimited=False,
        near=_NOT_A_TEST,
    ),
    Rule("password-in-prose", (b"pw ", b"pw:", b"pw="), _SHORT_PROSE, judge.strong_password),
    Rule("password-assignment", _CALLED, _CALL, judge.strong_password, delimited=False, near=_NOT_A_TEST),
    Rule("password-option", (b" -a ",), _AUTH, judge.strong_password, near=rb"redis-cli", delimited=False),
    Rule("secret-in-prose", _PROSE_NAMES, _KEY_PROSE, judge.random),
)
