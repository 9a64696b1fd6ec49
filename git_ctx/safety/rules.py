"""What secrets look like: for each kind its literals, its form, and what tells a real one.

A rule is tried only where one of its literals stands (in any case: they are written in lower case), so
a rule for a form without a literal has no place here. What it reports is its group `secret`, or all that
it matched. To add a rule, add a line and a sample to the tests.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from git_ctx.safety import judge

Judge = Callable[[bytes], bool]

# A key begins where a word begins, or after an escape in a string ("\nghp_…").
_BEGIN = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
_END = rb"(?![A-Za-z0-9])"
_LINE = 300
"""As far as the line or the surroundings of a literal are looked at."""


@dataclass(frozen=True)
class Rule:
    """`form` is tried where a literal begins; or from the start of its line; or, for a form with the
    literal inside, from `before` bytes ahead. `near` must be found on its line, before the
    literal. `judge` sees what would be reported.
    """

    name: str
    literals: tuple[bytes, ...]
    form: bytes
    judge: Judge = judge.key
    near: bytes = b""
    before: int = 0
    whole_line: bool = False
    delimited: bool = True

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        return re.compile(_BEGIN + b"(?:" + self.form + b")" + _END if self.delimited else self.form)

    def find(self, data: bytes, literal: int) -> tuple[int, int] | None:
        """Where a real secret of this kind stands, by the literal that begins here."""
        if self.whole_line:
            found = self.pattern.match(data, _line_start(data, literal))
        elif self.before:
            found = self.pattern.search(data, max(0, literal - self.before), literal + _LINE)
        else:
            found = self.pattern.match(data, literal)
        if not found or not re.search(self.near, data[_line_start(data, literal) : literal]):
            return None
        start, end = found.span("secret" if "secret" in self.pattern.groupindex else 0)
        return (start, end) if self.judge(data[start:end]) else None


def _line_start(data: bytes, at: int) -> int:
    furthest = max(0, at - _LINE)
    newline = data.rfind(b"\n", furthest, at)
    return furthest if newline < 0 else newline + 1


def _prefixed(name: str, prefixes: str, rest: bytes, judge: Judge = judge.key) -> Rule:
    """A key that opens with one of some words, which say what it is, and goes on at random."""
    words = prefixes.split()
    either = b"|".join(re.escape(word.encode()) for word in words)
    return Rule(name, tuple(word.lower().encode() for word in words), b"(?:" + either + b")" + rest, judge)


_CLOUD = (
    _prefixed("aws-access-key", "AKIA ASIA ABIA ACCA", rb"[A-Z0-9]{16}", judge.varied),
    Rule(
        "aws-secret-key",
        (b"secret_access_key", b"secretaccesskey", b"secret-access-key", b"aws_secret", b"aws secret"),
        rb"[\w \-.]{0,40}[\"']?\s{0,4}(?:=>|:=|=|:|\s)\s{0,4}[\"']?"
        rb"(?P<secret>(?![0-9a-f]{40})[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        judge.key,
        delimited=False,
    ),
    Rule(
        "aws-secret-key",
        (b"akia", b"asia"),
        rb"A[KS]IA[A-Z0-9]{16}(?![A-Z0-9])[^\0]{1,120}?(?<![\w/+=-])(?P<secret>(?![0-9a-f]{40})[A-Za-z0-9/+]{40})(?![\w/+=-])",
        judge.key,
        delimited=False,
    ),
    _prefixed("google-api-key", "AIza", rb"[\w-]{35}"),
    _prefixed("google-oauth-secret", "GOCSPX-", rb"[\w-]{28}"),
    _prefixed("google-oauth-token", "ya29.", rb"[\w-]{30,}"),
    Rule(
        "azure-storage-key",
        (b"accountkey=",),
        rb"(?i:accountkey)=(?P<secret>[A-Za-z0-9+/]{86}==)",
        delimited=False,
    ),
    Rule(
        "azure-shared-access-key",
        (b"sharedaccesskey=",),
        rb"(?i:sharedaccesskey)=(?P<secret>[A-Za-z0-9+/]{43}=)",
        delimited=False,
    ),
    Rule("azure-shared-access-signature", (b"sig=",), rb"sig=(?P<secret>[A-Za-z0-9%/+]{40,}(?:%3[Dd]|=))"),
    Rule("azure-client-secret", (b"q~",), rb"[\w.~-]{3}\dQ~[\w.~-]{31,34}", before=4),
    _prefixed("alibaba-access-key", "LTAI", rb"[A-Za-z0-9]{20}"),
    _prefixed("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", rb"[a-f0-9]{64}"),
    _prefixed("heroku-key", "HRKU-", rb"[\w-]{58,}"),
    _prefixed("fly-token", "fo1_ fm1r_ fm2_", rb"[\w+/=-]{40,}"),
    _prefixed("netlify-token", "nfp_", rb"[A-Za-z0-9_]{36}"),
    _prefixed("cloudflare-origin-key", "v1.0-", rb"[a-f0-9]{24}-[a-f0-9]{100,}"),
    _prefixed("databricks-token", "dapi", rb"[a-f0-9]{32}"),
    _prefixed("supabase-key", "sbp_ sb_secret_", rb"[\w-]{30,}"),
    _prefixed("planetscale-token", "pscale_tkn_ pscale_pw_ pscale_oauth_", rb"[\w.=-]{32,}"),
)

_FORGES_AND_PACKAGES = (
    _prefixed("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", rb"[A-Za-z0-9]{36,255}"),
    _prefixed("github-fine-grained-token", "github_pat_", rb"\w{36,255}"),
    _prefixed(
        "gitlab-token",
        "glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- gloas- glsoat-",
        rb"[\w.-]{20,}",
    ),
    _prefixed("atlassian-token", "ATATT3 ATCTT3", rb"[\w=-]{60,}"),
    _prefixed("bitbucket-password", "ATBB", rb"[A-Za-z0-9]{32}"),
    _prefixed("npm-token", "npm_", rb"[A-Za-z0-9]{36}"),
    Rule(
        "npm-auth",
        (b":_authtoken=", b":_password=", b":_auth="),
        rb":_(?i:authtoken|password|auth)=\"?(?P<secret>[\w+/=.-]{16,})",
        judge.random,
        delimited=False,
    ),
    _prefixed("pypi-token", "pypi-AgE", rb"[\w-]{50,}"),
    _prefixed("rubygems-key", "rubygems_", rb"[a-f0-9]{48}"),
    _prefixed("crates-token", "cio", rb"[A-Za-z0-9]{32}", judge.random),
    _prefixed("nuget-key", "oy2", rb"[a-z0-9]{43}"),
    _prefixed("clojars-token", "CLOJARS_", rb"[a-z0-9]{60}"),
    _prefixed("docker-token", "dckr_pat_ dckr_oat_", rb"[\w-]{27,}"),
)

_MESSAGES_AND_PAYMENT = (
    _prefixed("slack-token", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xapp- xoxe.", rb"[\w.-]{16,}"),
    Rule(
        "slack-webhook",
        (b"hooks.slack.com/",),
        rb"hooks\.slack\.com/(?P<secret>(?:services|workflows|triggers)/[\w/]{30,})",
    ),
    Rule(
        "discord-token",
        (b"discord", b"bot"),
        rb"[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,38}",
        before=120,
    ),
    Rule(
        "discord-webhook",
        (b"/api/webhooks/",),
        rb"/api/webhooks/(?P<secret>\d{17,20}/[\w-]{60,})",
        delimited=False,
    ),
    Rule("telegram-token", (b":aa",), rb"\d{8,10}:AA[\w-]{33}", before=10),
    _prefixed("sendgrid-key", "SG.", rb"[\w-]{20,24}\.[\w-]{39,50}"),
    _prefixed("mailgun-key", "key-", rb"[a-f0-9]{32}"),
    Rule("mailchimp-key", (b"-us",), rb"[a-f0-9]{32}-us\d{1,2}", before=32),
    Rule("twilio-key", (b"twilio",), rb"SK[a-f0-9]{32}", before=120),
    _prefixed("stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_", rb"[A-Za-z0-9]{20,}"),
    _prefixed("webhook-secret", "whsec_", rb"[A-Za-z0-9+/=]{30,}"),
    _prefixed("square-token", "sq0atp- sq0csp-", rb"[\w-]{22,43}"),
    _prefixed("shopify-token", "shpat_ shpca_ shppa_ shpss_", rb"[a-fA-F0-9]{32}"),
    _prefixed("braintree-token", "access_token$production$", rb"[a-z0-9]{16}\$[a-f0-9]{32}"),
)

_MODEL_PROVIDERS = (
    _prefixed("anthropic-key", "sk-ant-", rb"[a-z0-9]{2,10}-[\w-]{40,}"),
    _prefixed("openrouter-key", "sk-or-v1-", rb"[a-f0-9]{64}"),
    _prefixed("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None-", rb"[\w-]{40,}"),
    _prefixed("api-key", "sk-", rb"[A-Za-z0-9]{32,}", judge.random),
    _prefixed("huggingface-token", "hf_ api_org_", rb"[A-Za-z0-9]{34,40}"),
    _prefixed("replicate-token", "r8_", rb"[A-Za-z0-9]{37}"),
    _prefixed("groq-key", "gsk_", rb"[A-Za-z0-9]{40,}"),
    _prefixed("xai-key", "xai-", rb"[A-Za-z0-9]{60,}"),
    _prefixed("perplexity-key", "pplx-", rb"[A-Za-z0-9]{40,}"),
    _prefixed("together-key", "tgp_v1_", rb"[\w-]{40,}"),
    _prefixed("nvidia-key", "nvapi-", rb"[\w-]{60,}"),
    _prefixed("cerebras-key", "csk-", rb"[a-z0-9]{48}"),
    _prefixed("langsmith-key", "lsv2_pt_ lsv2_sk_", rb"[a-f0-9]{32}_[a-f0-9]{10}"),
    _prefixed("tavily-key", "tvly-", rb"[\w-]{30,}"),
)

_TOOLS = (
    _prefixed("vault-token", "hvs. hvb. hvr.", rb"[\w-]{24,}"),
    Rule("terraform-token", (b".atlasv1.",), rb"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}", before=14),
    _prefixed("grafana-token", "glsa_ glc_", rb"[\w+/=]{32,}"),
    _prefixed("sentry-token", "sntrys_ sntryu_", rb"[\w+/=]{40,}"),
    _prefixed("newrelic-key", "NRAK-", rb"[A-Z0-9]{27}"),
    _prefixed("dynatrace-token", "dt0c01. dt0s01.", rb"[A-Z2-7]{24}\.[A-Z2-7]{64}"),
    _prefixed("pulumi-token", "pul-", rb"[a-f0-9]{40}"),
    _prefixed("doppler-token", "dp.pt. dp.st. dp.ct.", rb"[\w.-]{40,}"),
    _prefixed("postman-key", "PMAK-", rb"[a-f0-9]{24}-[a-f0-9]{34}"),
    _prefixed("linear-key", "lin_api_", rb"[A-Za-z0-9]{40}"),
    _prefixed("notion-token", "ntn_", rb"[A-Za-z0-9]{40,}"),
    _prefixed("figma-token", "figd_ figu_", rb"[\w-]{40,}"),
    _prefixed("age-key", "AGE-SECRET-KEY-1", rb"[0-9A-Z]{58}"),
    _prefixed("artifactory-key", "AKCp", rb"[A-Za-z0-9]{60,}"),
)

_NAMES = (
    b"password passwd passphrase secret token api_key apikey api-key access_key accesskey access-key "
    b"private_key signing_key encryption_key auth_key credential"
)
_SECRET_NAMES = tuple(_NAMES.split())

# The name, as far as it stands before the literal, does not say that its value is made up.
_NOT_A_TEST = rb"(?<![\w.-])(?![\w.-]*(?i:test|example|dummy|fake|mock|sample))[\w.-]*\Z"

# user:password@host, less hosts that are nobody's or one's own, and passwords that repeat the user.
_URL_PASSWORD = (
    rb"://(?P<user>[^\s:/?#@\"'`<>\[\]{}|\\]{0,100}):(?!(?P=user)@)(?P<secret>[^\s/@\"'`<>|\\]{4,200})@"
    rb"(?!(?i:localhost|127\.|0\.0\.0\.0|\[::1|host\b|hostname|server\b|[\w.-]*\bexample\b"
    rb"|[\w.-]*\.(?:test|invalid|localhost)\b))[\w.\-\[]"
)

# NAME=value alone on its line, as in .env, .properties, Dockerfile, compose: no space around '='.
_SETTING = (
    rb"[ \t]*(?:-[ \t]+)?(?:(?i:export|set|env|arg)[ \t]+)?[\"']?"
    rb"[\w.-]{0,60}(?i:passwor?d|passphrase|secret|token|api_?key|access_?key|private_?key|signing_?key"
    rb"|encryption_?key|auth_?key|credential)[\w.-]{0,30}=(?P<quote>[\"']?)"
    rb"(?P<secret>[^\s\"'`,;(){}\[\]<>]{6,200})(?P=quote)[\"']?[ \t\\]*\r?(?=\n|$)"
)

# name = "value" in code, "name": "value" in JSON, name: value in YAML, Name: value in a header.
_ASSIGNMENT = (
    rb"[\w.-]{5,50}(?:\\?[\"'])?\]?[ \t]{0,8}(?:=>|:=|={1,3}|:)[ \t]{0,8}(?:\\?[\"'`]|b[\"'])?"
    rb"(?P<secret>[\w+/=.~!@#$%^&*-]{16,200}+)(?![\w(\[{<+/-])"
)

_GENERAL = (
    Rule(
        "private-key",
        (b"-----begin",),
        rb"-----BEGIN[ A-Z0-9]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:"
        rb"(?:(?!-----(?:BEGIN|END))[^\0]){0,20000}+-----END[ A-Z0-9]{0,30}-----"  # to its end, or where it
        rb"|(?:(?:\\[nrt]|[\s\"'+,>])*[A-Za-z0-9+/=]{30,}){1,400}+)",  # is cut off, as far as it goes
        judge.private_key,
        delimited=False,
    ),
    Rule(
        "putty-private-key",
        (b"private-lines:",),
        rb"Private-Lines: \d+\s+(?P<secret>[A-Za-z0-9+/=\s]{100,})",
        delimited=False,
    ),
    Rule("jwt", (b"eyj",), rb"eyJ[\w-]{10,}={0,2}\.eyJ[\w-]{10,}={0,2}\.[\w-]{16,}", judge.jwt),
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
        (b"bearer ",),
        rb"(?i:bearer) {1,4}(?P<secret>[\w.=+/~-]{20,})",
        judge.random,
        delimited=False,
    ),
    Rule(
        "connection-string",
        (b"password=", b"pwd="),
        rb"(?i:password|pwd)=(?P<secret>[^;\s\"'<>{}]{6,200})",
        judge.password,
        near=rb"(?i:server|data source|host|user id|uid|database|initial catalog) ?=",
        delimited=False,
    ),
    Rule(
        "password-assignment",
        _SECRET_NAMES,
        _SETTING,
        judge.password,
        near=_NOT_A_TEST,
        whole_line=True,
        delimited=False,
    ),
    Rule("secret-assignment", _SECRET_NAMES, _ASSIGNMENT, judge.random, near=_NOT_A_TEST, delimited=False),
)

RULES: tuple[Rule, ...] = (
    *_CLOUD,
    *_FORGES_AND_PACKAGES,
    *_MESSAGES_AND_PAYMENT,
    *_MODEL_PROVIDERS,
    *_TOOLS,
    *_GENERAL,
)
