"""What secrets look like: for each kind its literals, its form, and what tells a real one.

A rule is tried only where one of its literals stands (in any case: they are written in lower case), so
a rule for a form without a literal has no place here. What it reports is its group `secret`, or all that
it matched. To add a rule, add a line and a sample to the tests.
"""

from git_ctx.safety import judge
from git_ctx.safety.chosen import CHOSEN
from git_ctx.safety.configured import CONFIGURED
from git_ctx.safety.kept import KEPT
from git_ctx.safety.named import NAMED
from git_ctx.safety.rule import Rule, prefixed
from git_ctx.safety.services import SERVICES
from git_ctx.safety.vendors import VENDORS

_CLOUD = (
    prefixed("aws-access-key", "AKIA ASIA ABIA ACCA", rb"[A-Z0-9]{16}", judge.varied),
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
    prefixed("aws-bedrock-key", "ABSK", rb"[A-Za-z0-9+/]{109,269}={0,2}"),
    prefixed("aws-bedrock-key", "bedrock-api-key-", rb"[A-Za-z0-9+/]{40,}={0,2}"),
    prefixed("google-api-key", "AIza", rb"[\w-]{35}"),
    prefixed("google-api-key", "AQ.Ab", rb"[\w-]{40,}"),
    prefixed("google-oauth-secret", "GOCSPX-", rb"[\w-]{28}"),
    prefixed("google-oauth-token", "ya29. 1//0", rb"[\w-]{30,}"),
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
    Rule("azure-storage-key", (b"+ast",), rb"[A-Za-z0-9+/]{76}\+ASt[A-Za-z0-9+/]{5}[AQgw]==", before=76),
    Rule(
        "azure-shared-access-key",
        (b"+ash", b"+aeh", b"+arm", b"+asb", b"aiot"),
        rb"[A-Za-z0-9+/]{33}(?:AIoT|\+(?:ASb|AEh|ARm|ASh))[A-P][A-Za-z0-9+/]{5}=",
        before=33,
    ),
    Rule("azure-function-key", (b"azfu",), rb"[\w-]{44}AzFu[\w-]{5}[AQgw]==", before=44),
    Rule("azure-openai-key", (b"jqqj99",), rb"[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{24,30}", before=52),
    Rule("azure-devops-token", (b"azdo",), rb"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}", before=76),
    prefixed("alibaba-access-key", "LTAI", rb"[A-Za-z0-9]{20}"),
    prefixed("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", rb"[a-f0-9]{64}"),
    prefixed("heroku-key", "HRKU-", rb"[\w-]{58,}"),
    prefixed("fly-token", "fo1_ fm1a_ fm1r_ fm2_", rb"[\w+/=-]{40,}"),
    prefixed("netlify-token", "nfp_ nfc_ nfo_ nfu_", rb"[A-Za-z0-9_]{36}"),
    prefixed("cloudflare-origin-key", "v1.0-", rb"[a-f0-9]{24}-[a-f0-9]{100,}"),
    prefixed("cloudflare-token", "cfut_ cfat_ cfk_", rb"[A-Za-z0-9_-]{40,}"),
    prefixed("vercel-token", "vercel_blob_rw_ vcp_ vck_ vca_ vci_ vcr_", rb"[A-Za-z0-9_]{24,}"),
    prefixed("render-key", "rnd_", rb"[A-Za-z0-9]{28,}"),
    prefixed("neon-key", "napi_", rb"[a-z0-9]{60,}"),
    prefixed("clickhouse-key", "4b1d", rb"[A-Za-z0-9]{38}", judge.random),
    prefixed("openshift-token", "sha256~", rb"[\w-]{43}"),
    prefixed("yandex-key", "AQVN", rb"[\w-]{35,38}"),
    prefixed("yandex-key", "y0_", rb"[\w-]{50,}"),
    prefixed("tailscale-key", "tskey-", rb"[a-z]{3,9}-[A-Za-z0-9]{8,}-[A-Za-z0-9]{20,}"),
    prefixed("databricks-token", "dapi", rb"[a-f0-9]{32}(?:-\d)?"),
    prefixed("supabase-key", "sbp_ sb_secret_", rb"[\w-]{30,}"),
    prefixed("planetscale-token", "pscale_tkn_ pscale_pw_ pscale_oauth_", rb"[\w.=-]{32,}"),
)

_FORGES_AND_PACKAGES = (
    prefixed("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", rb"[A-Za-z0-9]{36,255}"),
    prefixed("github-fine-grained-token", "github_pat_", rb"\w{36,255}"),
    prefixed(
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glffct- glimt- glagent- gloas- glsoat- GR1348941",
        rb"[\w.-]{20,}",
    ),
    prefixed("gitlab-session", "_gitlab_session=", rb"[0-9a-z]{32}"),
    prefixed("atlassian-token", "ATATT3 ATCTT3", rb"[\w=-]{60,}"),
    prefixed("bitbucket-password", "ATBB", rb"[A-Za-z0-9]{32}"),
    prefixed("gitea-token", "gto_", rb"[a-z0-9]{50,}"),
    prefixed("npm-token", "npm_", rb"[A-Za-z0-9]{36}"),
    Rule(
        "npm-auth",
        (b":_authtoken=", b":_password=", b":_auth="),
        rb":_(?i:authtoken|password|auth)=\"?(?P<secret>[\w+/=.-]{16,})",
        judge.random,
        delimited=False,
    ),
    prefixed("pypi-token", "pypi-AgE", rb"[\w-]{50,}"),
    prefixed("rubygems-key", "rubygems_", rb"[a-f0-9]{48}"),
    prefixed("crates-token", "cio", rb"[A-Za-z0-9]{32}", judge.random),
    prefixed("nuget-key", "oy2", rb"[a-z0-9]{43}"),
    prefixed("clojars-token", "CLOJARS_", rb"[a-z0-9]{60}"),
    prefixed(
        "packagist-token", "packagist_ort_ packagist_ut_ packagist_uct_ packagist_out_", rb"[a-f0-9]{40,}"
    ),
    prefixed("jsr-token", "jsrp_ jsrd_ ddp_ ddw_ ddo_", rb"[A-Za-z0-9]{36,40}"),
    prefixed("docker-token", "dckr_pat_ dckr_oat_", rb"[\w-]{27,}"),
)

_TOKENS_AND_BLOCKS = (
    Rule(
        "private-key",
        (b"-----begin",),
        rb"-----BEGIN[ A-Z0-9]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:"
        rb"(?>(?:(?!-----(?:BEGIN|END))[^\0]){0,20000})-----END[ A-Z0-9]{0,30}-----"
        rb"|(?>(?:(?:\\[nrt]|[\s\"'+,>])*[A-Za-z0-9+/=]{30,}){1,400}))",  # to its end; cut off: as far
        judge.private_key,
        delimited=False,
    ),
    Rule("jwt", (b"eyj",), rb"eyJ[\w-]{10,}={0,2}\.eyJ[\w-]{10,}={0,2}\.[\w-]{16,}", judge.jwt),
)

RULES: tuple[Rule, ...] = (
    *_CLOUD,
    *_FORGES_AND_PACKAGES,
    *SERVICES,
    *_TOKENS_AND_BLOCKS,
    *CONFIGURED,
    *NAMED,
    *KEPT,
    *VENDORS,
    *CHOSEN,
)
