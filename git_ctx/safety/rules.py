"""What secrets look like: for each kind its literals, its form, and what tells a real one.

A rule is tried only where one of its literals stands (in any case: they are written in lower case), so
a rule for a form without a literal has no place here. What it reports is its group `secret`, or all that
it matched. To add a rule, add a line and a sample to the tests.
"""

from git_ctx.safety import judge
from git_ctx.safety.named import NAMED
from git_ctx.safety.rule import Rule, prefixed

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
    prefixed("google-api-key", "AIza", rb"[\w-]{35}"),
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
    prefixed("alibaba-access-key", "LTAI", rb"[A-Za-z0-9]{20}"),
    prefixed("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", rb"[a-f0-9]{64}"),
    prefixed("heroku-key", "HRKU-", rb"[\w-]{58,}"),
    prefixed("fly-token", "fo1_ fm1r_ fm2_", rb"[\w+/=-]{40,}"),
    prefixed("netlify-token", "nfp_", rb"[A-Za-z0-9_]{36}"),
    prefixed("cloudflare-origin-key", "v1.0-", rb"[a-f0-9]{24}-[a-f0-9]{100,}"),
    prefixed("databricks-token", "dapi", rb"[a-f0-9]{32}"),
    prefixed("supabase-key", "sbp_ sb_secret_", rb"[\w-]{30,}"),
    prefixed("planetscale-token", "pscale_tkn_ pscale_pw_ pscale_oauth_", rb"[\w.=-]{32,}"),
)

_FORGES_AND_PACKAGES = (
    prefixed("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", rb"[A-Za-z0-9]{36,255}"),
    prefixed("github-fine-grained-token", "github_pat_", rb"\w{36,255}"),
    prefixed(
        "gitlab-token",
        "glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- gloas- glsoat-",
        rb"[\w.-]{20,}",
    ),
    prefixed("atlassian-token", "ATATT3 ATCTT3", rb"[\w=-]{60,}"),
    prefixed("bitbucket-password", "ATBB", rb"[A-Za-z0-9]{32}"),
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
    prefixed("docker-token", "dckr_pat_ dckr_oat_", rb"[\w-]{27,}"),
)

_MESSAGES_AND_PAYMENT = (
    prefixed("slack-token", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xapp- xoxe.", rb"[\w.-]{16,}"),
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
    prefixed("facebook-token", "EAACEdEose0cBA", rb"[A-Za-z0-9]{20,}"),
    prefixed("sendgrid-key", "SG.", rb"[\w-]{20,24}\.[\w-]{39,50}"),
    prefixed("mailgun-key", "key-", rb"[a-f0-9]{32}"),
    Rule("mailchimp-key", (b"-us",), rb"[a-f0-9]{32}-us\d{1,2}", before=32),
    Rule("twilio-key", (b"twilio",), rb"SK[a-f0-9]{32}", before=120),
    prefixed("stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_", rb"[A-Za-z0-9]{20,}"),
    prefixed("webhook-secret", "whsec_", rb"[A-Za-z0-9+/=]{30,}"),
    prefixed("square-token", "sq0atp- sq0csp-", rb"[\w-]{22,43}"),
    prefixed("shopify-token", "shpat_ shpca_ shppa_ shpss_", rb"[a-fA-F0-9]{32}"),
    prefixed("braintree-token", "access_token$production$", rb"[a-z0-9]{16}\$[a-f0-9]{32}"),
)

_MODEL_PROVIDERS = (
    prefixed("anthropic-key", "sk-ant-", rb"[a-z0-9]{2,10}-[\w-]{40,}"),
    prefixed("openrouter-key", "sk-or-v1-", rb"[a-f0-9]{64}"),
    prefixed("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None-", rb"[\w-]{40,}"),
    prefixed("api-key", "sk-", rb"[A-Za-z0-9]{32,}", judge.random),
    prefixed("huggingface-token", "hf_ api_org_", rb"[A-Za-z0-9]{34,40}"),
    prefixed("replicate-token", "r8_", rb"[A-Za-z0-9]{37}"),
    prefixed("groq-key", "gsk_", rb"[A-Za-z0-9]{40,}"),
    prefixed("xai-key", "xai-", rb"[A-Za-z0-9]{60,}"),
    prefixed("perplexity-key", "pplx-", rb"[A-Za-z0-9]{40,}"),
    prefixed("together-key", "tgp_v1_", rb"[\w-]{40,}"),
    prefixed("nvidia-key", "nvapi-", rb"[\w-]{60,}"),
    prefixed("cerebras-key", "csk-", rb"[a-z0-9]{48}"),
    prefixed("langsmith-key", "lsv2_pt_ lsv2_sk_", rb"[a-f0-9]{32}_[a-f0-9]{10}"),
    prefixed("tavily-key", "tvly-", rb"[\w-]{30,}"),
)

_TOOLS = (
    prefixed("vault-token", "hvs. hvb. hvr.", rb"[\w-]{24,}"),
    Rule("terraform-token", (b".atlasv1.",), rb"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}", before=14),
    prefixed("grafana-token", "glsa_ glc_", rb"[\w+/=]{32,}"),
    prefixed("sentry-token", "sntrys_ sntryu_", rb"[\w+/=]{40,}"),
    prefixed("newrelic-key", "NRAK-", rb"[A-Z0-9]{27}"),
    prefixed("dynatrace-token", "dt0c01. dt0s01.", rb"[A-Z2-7]{24}\.[A-Z2-7]{64}"),
    prefixed("pulumi-token", "pul-", rb"[a-f0-9]{40}"),
    prefixed("doppler-token", "dp.pt. dp.st. dp.ct.", rb"[\w.-]{40,}"),
    prefixed("postman-key", "PMAK-", rb"[a-f0-9]{24}-[a-f0-9]{34}"),
    prefixed("linear-key", "lin_api_", rb"[A-Za-z0-9]{40}"),
    prefixed("notion-token", "ntn_", rb"[A-Za-z0-9]{40,}"),
    prefixed("figma-token", "figd_ figu_", rb"[\w-]{40,}"),
    prefixed("age-key", "AGE-SECRET-KEY-1", rb"[0-9A-Z]{58}"),
    prefixed("artifactory-key", "AKCp", rb"[A-Za-z0-9]{60,}"),
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
    Rule(
        "putty-private-key",
        (b"private-lines:",),
        rb"Private-Lines: \d+\s+(?P<secret>[A-Za-z0-9+/=\s]{100,})",
        delimited=False,
    ),
    Rule("jwt", (b"eyj",), rb"eyJ[\w-]{10,}={0,2}\.eyJ[\w-]{10,}={0,2}\.[\w-]{16,}", judge.jwt),
)

RULES: tuple[Rule, ...] = (
    *_CLOUD,
    *_FORGES_AND_PACKAGES,
    *_MESSAGES_AND_PAYMENT,
    *_MODEL_PROVIDERS,
    *_TOOLS,
    *_TOKENS_AND_BLOCKS,
    *NAMED,
)
