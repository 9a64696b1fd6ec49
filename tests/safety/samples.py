"""Keys of every kind, drawn at random when a test runs: no file of this project holds one."""

import base64
import json
import string
from collections.abc import Callable
from random import Random

UPPER = string.ascii_uppercase
LOWER = string.ascii_lowercase
DIGITS = string.digits
HEX = DIGITS + "abcdef"
ALNUM = string.ascii_letters + DIGITS
WORD = ALNUM + "_-"
BASE64 = ALNUM + "+/"
BCRYPT = ALNUM + "./"
SSH2 = "---- {} SSH2 ENCRYPTED PRIVATE " + "KEY ----"

Sample = Callable[[Random], str]


def draw(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choices(alphabet, k=length))


def alnum_ended(random: Random, alphabet: str, length: int) -> str:
    return draw(random, alphabet, length - 1) + draw(random, "".join(c for c in alphabet if c.isalnum()), 1)


def keyed(prefix: str, alphabet: str, length: int) -> Sample:
    return lambda random: prefix + alnum_ended(random, alphabet, length)


def private_key(kind: str, lines: int = 12) -> Sample:
    def sample(random: Random) -> str:
        body = "\n".join(draw(random, BASE64, 64) for _ in range(lines))
        return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"

    return sample


def jwt(random: Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    header = part({"alg": "HS256", "typ": "JWT"})
    return f"{header}.{part({'sub': draw(random, LOWER, 12), 'iat': 1767323045})}.{draw(random, WORD, 43)}"


def uuid(random: Random) -> str:
    return "-".join(draw(random, HEX, length) for length in (8, 4, 4, 4, 12))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def password(random: Random) -> str:
    drawn = [
        *draw(random, LOWER, 6),
        *draw(random, UPPER, 2),
        *draw(random, DIGITS, 2),
        *draw(random, "!-+", 1),
    ]
    random.shuffle(drawn)
    return "k" + "".join(drawn) + "w"


def word_and_digits(random: Random) -> str:
    return random.choice(("winter", "kitten", "thunder", "pepper")) + draw(random, DIGITS[1:], 4)


def word(random: Random) -> str:
    return random.choice(("sunflower", "bluewhale", "tractorbeam", "moonlight", "cinnamon"))


# The rule that must find it: (the line, with {} for the secret; the secret).
SAMPLES: list[tuple[str, str, Sample]] = [
    ("aws-access-key", "key = {}", keyed("AKI" + "A", UPPER + "234567", 16)),
    ("aws-access-key", "{}", keyed("ASI" + "A", UPPER + "234567", 16)),
    ("aws-secret-key", "aws_secret_access_key = {}", keyed("", BASE64, 40)),
    ("aws-secret-key", 'SecretAccessKey: "{}"', keyed("", BASE64, 40)),
    ("google-api-key", "key={}&q=1", keyed("AIz" + "a", WORD, 35)),
    ("google-oauth-secret", '"client": "{}"', keyed("GOCSP" + "X-", WORD, 28)),
    ("google-oauth-token", "{}", keyed("ya2" + "9.", WORD, 60)),
    ("azure-storage-key", "AccountName=a;AccountKey={};Suffix=b", lambda r: draw(r, BASE64, 86) + "=="),
    ("azure-shared-access-key", "SharedAccessKey={}", lambda r: draw(r, BASE64, 43) + "="),
    (
        "azure-client-secret",
        "secret {}",
        lambda r: draw(r, ALNUM, 3) + "8Q~" + alnum_ended(r, ALNUM + "~.-", 34),
    ),
    ("alibaba-access-key", "{}", keyed("LTA" + "I", ALNUM, 20)),
    ("digitalocean-token", "{}", keyed("dop_v" + "1_", HEX, 64)),
    ("databricks-token", "{}", keyed("dap" + "i", HEX, 32)),
    ("github-token", "git clone with {} please", keyed("gh" + "p_", ALNUM, 36)),
    ("github-token", "{}", keyed("gh" + "s_", ALNUM, 36)),
    ("github-fine-grained-token", "{}", keyed("github_" + "pat_", ALNUM + "_", 82)),
    ("gitlab-token", "{}", keyed("glpa" + "t-", WORD, 20)),
    ("atlassian-token", "{}", keyed("ATAT" + "T3", WORD, 180)),
    ("npm-token", "//registry/:_authToken={}", keyed("np" + "m_", ALNUM, 36)),
    ("npm-auth", "//registry.example.org/:_authToken={}", keyed("", ALNUM, 40)),
    ("pypi-token", "{}", keyed("pypi-Ag" + "EIcHlwaS5vcmc", WORD, 140)),
    ("rubygems-key", "{}", keyed("rubygem" + "s_", HEX, 48)),
    ("docker-token", "{}", keyed("dckr_pa" + "t_", WORD, 27)),
    (
        "slack-token",
        "{}",
        lambda r: "xox" + f"b-{draw(r, DIGITS, 12)}-{draw(r, DIGITS, 12)}-{draw(r, ALNUM, 24)}",
    ),
    (
        "slack-webhook",
        "https://hooks.slack.com/{}",
        lambda r: f"services/T{draw(r, UPPER, 8)}/B{draw(r, UPPER, 8)}/" + draw(r, ALNUM, 24),
    ),
    (
        "discord-token",
        "discord bot: {}",
        lambda r: "MT" + f"{draw(r, ALNUM, 24)}.{draw(r, ALNUM, 6)}.{draw(r, ALNUM, 38)}",
    ),
    (
        "discord-webhook",
        "https://discord.com/api/webhooks/{}",
        lambda r: draw(r, DIGITS, 18) + "/" + draw(r, ALNUM, 68),
    ),
    ("telegram-token", "{}", lambda r: draw(r, DIGITS[1:], 9) + ":A" + "A" + draw(r, ALNUM, 33)),
    ("sendgrid-key", "{}", lambda r: "S" + f"G.{draw(r, ALNUM, 22)}.{draw(r, ALNUM, 43)}"),
    ("mailgun-key", "{}", keyed("ke" + "y-", HEX, 32)),
    ("mailchimp-key", "{}", lambda r: draw(r, HEX, 32) + "-u" + "s12"),
    ("twilio-key", "twilio: {}", keyed("S" + "K", HEX, 32)),
    ("stripe-key", "{}", keyed("sk_liv" + "e_", ALNUM, 24)),
    ("webhook-secret", "{}", keyed("whse" + "c_", ALNUM, 32)),
    ("square-token", "{}", keyed("sq0at" + "p-", WORD, 22)),
    ("shopify-token", "{}", keyed("shpa" + "t_", HEX, 32)),
    ("anthropic-key", "{}", keyed("sk-an" + "t-api03-", WORD, 95)),
    ("openrouter-key", "{}", keyed("sk-o" + "r-v1-", HEX, 64)),
    ("openai-key", "{}", keyed("sk-pro" + "j-", WORD, 120)),
    ("api-key", "{}", keyed("s" + "k-", ALNUM, 48)),
    ("huggingface-token", "{}", keyed("h" + "f_", string.ascii_letters, 34)),
    ("replicate-token", "{}", keyed("r" + "8_", ALNUM, 37)),
    ("groq-key", "{}", keyed("gs" + "k_", ALNUM, 52)),
    ("xai-key", "{}", keyed("xa" + "i-", ALNUM, 80)),
    ("perplexity-key", "{}", keyed("ppl" + "x-", ALNUM, 48)),
    ("nvidia-key", "{}", keyed("nvap" + "i-", WORD, 64)),
    ("vault-token", "{}", keyed("hv" + "s.", WORD, 90)),
    ("terraform-token", "{}", lambda r: draw(r, ALNUM, 14) + ".atlas" + "v1." + draw(r, ALNUM, 67)),
    ("grafana-token", "{}", lambda r: "gls" + f"a_{draw(r, ALNUM, 32)}_{draw(r, HEX, 8)}"),
    ("newrelic-key", "{}", keyed("NRA" + "K-", UPPER + DIGITS, 27)),
    ("postman-key", "{}", lambda r: "PMA" + f"K-{draw(r, HEX, 24)}-{draw(r, HEX, 34)}"),
    ("linear-key", "{}", keyed("lin_ap" + "i_", ALNUM, 40)),
    ("figma-token", "{}", keyed("fig" + "d_", WORD, 40)),
    ("age-key", "{}", keyed("AGE-SECRET-" + "KEY-1", UPPER + DIGITS, 58)),
    ("private-key", "{}", private_key("RSA PRIVATE " + "KEY")),
    ("private-key", "{}", private_key("OPENSSH PRIVATE " + "KEY")),
    ("private-key", "{}", private_key("PRIVATE " + "KEY", lines=2)),
    ("private-key", "{}", private_key("PGP PRIVATE " + "KEY BLOCK")),
    ("jwt", "Cookie: session={}", jwt),
    ("password-in-url", "postgres://app:{}@db.internal:5432/prod", password),
    ("password-in-url", "redis://:{}@cache.internal/0", password),
    ("token-in-url", "https://{}@git.internal/a.git", keyed("", HEX, 40)),
    ("authorization", "Authorization: Bearer {}", keyed("", ALNUM, 40)),
    ("connection-string", "Server=tcp:sql.internal;User ID=app;Password={};Encrypt=true", password),
    ("password-assignment", "DB_PASSWORD={}", password),
    ("password-assignment", 'export API_TOKEN="{}"', password),
    ("password-assignment", "spring.datasource.password={}", password),
    ("secret-assignment", 'client_secret = "{}"', keyed("", ALNUM, 32)),
    ("secret-assignment", '{"api_key": "{}"}', keyed("", ALNUM, 32)),
    ("secret-assignment", "  apiKey: {}", keyed("", HEX, 32)),
    ("secret-assignment", "X-Api-Key: {}", keyed("", ALNUM, 32)),
    (
        "azure-shared-access-signature",
        "https://a.core.net/c?sv=1&sig={}",
        lambda r: draw(r, ALNUM, 43) + "%3D",
    ),
    ("heroku-key", "{}", keyed("HRK" + "U-AA", WORD, 58)),
    ("fly-token", "{}", keyed("fm2" + "_", BASE64, 120)),
    ("netlify-token", "{}", keyed("nf" + "p_", ALNUM, 36)),
    ("cloudflare-origin-key", "{}", lambda r: "v1." + f"0-{draw(r, HEX, 24)}-{draw(r, HEX, 146)}"),
    ("supabase-key", "{}", keyed("sb" + "p_", HEX, 40)),
    ("planetscale-token", "{}", keyed("pscale_tk" + "n_", WORD, 43)),
    ("bitbucket-password", "{}", keyed("ATB" + "B", ALNUM, 32)),
    ("crates-token", "{}", keyed("ci" + "o", ALNUM, 32)),
    ("nuget-key", "{}", keyed("oy" + "2", LOWER + DIGITS, 43)),
    ("clojars-token", "{}", keyed("CLOJAR" + "S_", LOWER + DIGITS, 60)),
    (
        "braintree-token",
        "{}",
        lambda r: "access_token$produ" + f"ction${draw(r, HEX, 16)}${draw(r, HEX, 32)}",
    ),
    ("together-key", "{}", keyed("tgp_v" + "1_", WORD, 43)),
    ("cerebras-key", "{}", keyed("cs" + "k-", LOWER + DIGITS, 48)),
    ("langsmith-key", "{}", lambda r: "lsv2_p" + f"t_{draw(r, HEX, 32)}_{draw(r, HEX, 10)}"),
    ("tavily-key", "{}", keyed("tvl" + "y-", ALNUM, 32)),
    ("sentry-token", "{}", keyed("sntry" + "u_", HEX, 64)),
    ("dynatrace-token", "{}", lambda r: "dt0c" + f"01.{draw(r, UPPER, 24)}.{draw(r, UPPER + '234567', 64)}"),
    ("pulumi-token", "{}", keyed("pu" + "l-", HEX, 40)),
    ("doppler-token", "{}", keyed("dp.p" + "t.", ALNUM, 43)),
    ("notion-token", "{}", keyed("nt" + "n_", ALNUM, 46)),
    ("artifactory-key", "{}", keyed("AKC" + "p", ALNUM, 69)),
    ("putty-private-key", "Private-Lines: 8\n{}", lambda r: "\n".join(draw(r, BASE64, 64) for _ in range(8))),
    (
        "authorization",
        "Authorization: Basic {}",
        lambda r: base64.b64encode(f"ada:{password(r)}".encode()).decode(),
    ),
    ("password-assignment", "PGPASSWORD={} psql -h db.internal", password),
    ("password-assignment", 'db.connect(password="{}")', password),
    ("password-assignment", '  "password": "{}",', password),
    ("password-assignment", "password: {}", password),
    ("password-option", "mysqldump --password={} app", password),
    ("password-option", "curl -u ada:{} https://api.internal/", password),
    ("password-in-prose", "the password for the staging server is {} in case you need it", password),
    ("facebook-token", "{}", keyed("EAACEd" + "Eose0cBA", ALNUM, 100)),
    ("authorization", "Authorization: token {}", keyed("", HEX, 40)),
    ("password-assignment", "MAIL_PASS={}", password),
    ("password-assignment", "pass: {}", password),
    ("password-option", "docker login -u ada -p {}", password),
    ("password-option", "wget --http-password={} x", password),
    ("password-element", "<password>{}</password>", password),
    ("secret-assignment", '<add key="ApiKey" value="{}" />', keyed("", ALNUM, 32)),
    ("secret-in-prose", "my new token is {}, thanks", keyed("", ALNUM, 40)),
    ("secret-assignment", "here is the API key: {}", keyed("", HEX, 32)),
    ("aws-bedrock-key", "{}", keyed("ABS" + "K", BASE64, 120)),
    ("aws-bedrock-key", "{}", keyed("bedrock-api-" + "key-", BASE64, 60)),
    ("google-api-key", "key: {}", keyed("AQ.A" + "b8RN6", WORD, 45)),
    ("azure-storage-key", "{}", lambda r: draw(r, ALNUM, 76) + "+AS" + "t" + draw(r, ALNUM, 5) + "A=="),
    ("azure-shared-access-key", "{}", lambda r: draw(r, ALNUM, 33) + "+AS" + "bA" + draw(r, ALNUM, 5) + "="),
    ("azure-function-key", "{}", lambda r: draw(r, ALNUM, 44) + "AzF" + "u" + draw(r, ALNUM, 5) + "Q=="),
    ("azure-openai-key", "{}", lambda r: draw(r, ALNUM, 52) + "JQQJ" + "99" + draw(r, ALNUM, 26)),
    ("azure-devops-token", "{}", lambda r: draw(r, ALNUM, 76) + "AZD" + "O" + draw(r, ALNUM, 4)),
    ("cloudflare-token", "{}", keyed("cfu" + "t_", ALNUM, 48)),
    ("vercel-token", "{}", keyed("vc" + "k_", ALNUM, 56)),
    ("render-key", "{}", keyed("rn" + "d_", ALNUM, 32)),
    ("neon-key", "{}", keyed("nap" + "i_", LOWER + DIGITS, 64)),
    ("clickhouse-key", "{}", keyed("4b" + "1d", ALNUM, 38)),
    ("openshift-token", "{}", keyed("sha256" + "~", WORD, 43)),
    ("yandex-key", "{}", keyed("AQV" + "N", WORD, 36)),
    ("tailscale-key", "{}", lambda r: "tske" + f"y-auth-{draw(r, ALNUM, 12)}-{draw(r, ALNUM, 32)}"),
    ("gitlab-session", "Cookie: {}", keyed("_gitlab_sess" + "ion=", LOWER + DIGITS, 32)),
    ("gitlab-token", "{}", keyed("GR1348" + "941", WORD, 20)),
    ("gitea-token", "{}", keyed("gt" + "o_", LOWER + DIGITS, 52)),
    ("packagist-token", "{}", keyed("packagist_u" + "t_", HEX, 68)),
    ("jsr-token", "{}", keyed("dd" + "p_", ALNUM, 36)),
    (
        "teams-webhook",
        "https://a.webhook.office.com/{}",
        lambda r: "webhook" + f"b2/{uuid(r)}@{uuid(r)}/IncomingWebhook/{draw(r, HEX, 32)}/{uuid(r)}",
    ),
    (
        "zapier-webhook",
        "https://{}",
        lambda r: "hooks.zapier.com/hooks/" + f"catch/{draw(r, DIGITS, 7)}/{draw(r, LOWER, 7)}",
    ),
    ("facebook-token", "{}", keyed("EA" + "AG", ALNUM, 150)),
    ("brevo-key", "{}", lambda r: "xkeys" + f"ib-{draw(r, HEX, 64)}-{draw(r, ALNUM, 16)}"),
    ("resend-key", "{}", lambda r: "r" + f"e_{draw(r, ALNUM, 8)}_{draw(r, ALNUM, 24)}"),
    ("mailersend-key", "{}", keyed("mls" + "n.", HEX, 64)),
    ("square-token", "{}", keyed("EA" + "AA", WORD, 60)),
    ("paypal-token", "{}", keyed("A21" + "AA", WORD, 92)),
    ("plaid-token", "{}", lambda r: "access-produc" + f"tion-{uuid(r)}"),
    ("live-key", "{}", keyed("liv" + "e_", ALNUM, 30)),
    ("easypost-key", "{}", keyed("EZ" + "AK", ALNUM, 54)),
    ("duffel-token", "{}", keyed("duffel_li" + "ve_", WORD, 43)),
    ("flutterwave-key", "{}", lambda r: "FLWSE" + f"CK-{draw(r, HEX, 32)}-X"),
    ("shippo-token", "{}", keyed("shippo_li" + "ve_", HEX, 40)),
    ("langfuse-key", "{}", lambda r: "sk-l" + f"f-{uuid(r)}"),
    ("elevenlabs-key", "{}", keyed("s" + "k_", HEX, 48)),
    ("pinecone-key", "{}", keyed("pcs" + "k_", ALNUM, 68)),
    ("fireworks-key", "{}", keyed("f" + "w_", ALNUM, 24)),
    ("voyage-key", "{}", keyed("p" + "a-", WORD, 43)),
    ("jina-key", "{}", lambda r: "jin" + f"a_{draw(r, HEX, 32)}{draw(r, ALNUM, 28)}"),
    ("firecrawl-key", "{}", keyed("f" + "c-", HEX, 32)),
    ("e2b-key", "{}", keyed("e2" + "b_", HEX, 40)),
    ("cursor-key", "{}", keyed("crs" + "r_", HEX, 64)),
    ("wandb-key", "{}", keyed("wandb_" + "v1_", ALNUM, 60)),
    ("logfire-token", "{}", keyed("pylf_" + "v1_eu_", ALNUM, 44)),
    ("1password-token", "{}", keyed("ops_" + "eyJ", ALNUM, 300)),
    (
        "1password-key",
        "{}",
        lambda r: "A" + "3-" + "-".join(draw(r, UPPER + DIGITS, n) for n in (6, 11, 5, 5, 5)),
    ),
    ("adobe-secret", "{}", keyed("p8" + "e-", ALNUM, 32)),
    ("airtable-token", "airtable: {}", lambda r: "pa" + f"t{draw(r, ALNUM, 14)}.{draw(r, HEX, 64)}"),
    ("contentful-token", "{}", keyed("CFPA" + "T-", WORD, 43)),
    ("dropbox-token", "{}", keyed("s" + "l.", WORD, 135)),
    ("defined-token", "{}", lambda r: "dnke" + f"y-{draw(r, ALNUM, 26)}-{draw(r, ALNUM, 52)}"),
    ("frameio-token", "{}", keyed("fio-" + "u-", WORD, 64)),
    (
        "harness-token",
        "{}",
        lambda r: "pa" + f"t.{draw(r, ALNUM, 22)}.{draw(r, ALNUM, 24)}.{draw(r, ALNUM, 20)}",
    ),
    ("infracost-key", "{}", keyed("ic" + "o-", ALNUM, 32)),
    ("launchdarkly-key", "{}", lambda r: "sd" + f"k-{uuid(r)}"),
    ("mapbox-token", "{}", lambda r: "sk.ey" + f"J{draw(r, ALNUM, 60)}.{draw(r, ALNUM, 22)}"),
    ("maxmind-key", "{}", lambda r: f"{draw(r, ALNUM, 6)}_{draw(r, ALNUM, 29)}_mm" + "k"),
    ("octopus-key", "{}", keyed("AP" + "I-", UPPER + DIGITS, 26)),
    ("prefect-token", "{}", keyed("pn" + "u_", ALNUM, 36)),
    ("readme-key", "{}", keyed("rdm" + "e_", LOWER + DIGITS, 70)),
    ("scalingo-token", "{}", keyed("tk-" + "us-", WORD, 48)),
    ("sonar-token", "{}", keyed("sq" + "p_", HEX, 40)),
    ("sourcegraph-token", "{}", lambda r: "sg" + f"p_{draw(r, HEX, 16)}_{draw(r, HEX, 40)}"),
    ("settlemint-token", "{}", keyed("sm_pa" + "t_", ALNUM, 16)),
    ("typeform-token", "{}", keyed("tf" + "p_", WORD, 59)),
    ("buildkite-token", "{}", keyed("bku" + "a_", HEX, 40)),
    ("circleci-token", "{}", lambda r: "CCIPA" + f"T_{draw(r, ALNUM, 22)}_{draw(r, HEX, 40)}"),
    ("honeycomb-key", "{}", keyed("hcai" + "k_", LOWER + DIGITS, 58)),
    ("posthog-key", "{}", keyed("ph" + "x_", ALNUM, 43)),
    ("axiom-token", "{}", lambda r: "xaa" + f"t-{uuid(r)}"),
    (
        "extended-private-key",
        "{}",
        lambda r: "xpr" + "v" + draw(r, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefgh", 107),
    ),
    ("uuid-key", "HEROKU_API_KEY={}", lambda r: uuid(r)),
    ("uuid-key", 'snyk_token: "{}"', lambda r: uuid(r)),
    ("password-in-prose", "log in with password={} and look at the second page", password),
    ("password-in-prose", "they said: (pwd: {}), then hung up", password),
    ("password-in-url", "GET https://api.internal/login?user=ada&password={}&next=/", password),
    ("connection-string", "jdbc:oracle:thin:scott/{}@db.internal:1521/orcl", password),
    ("connection-string", "host=db.internal dbname=app user=app password={} sslmode=require", password),
    ("connection-string", "Driver=ODBC;Server=db;Uid=app;Pwd={};", password),
    ("password-in-url", "mongodb+srv://app:{}@cluster0.internal/test?retryWrites=true", password),
    ("password-in-url", "amqps://app:{}@mq.internal/vhost", password),
    (
        "azure-storage-key",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={}",
        lambda r: draw(r, BASE64, 86) + "==",
    ),
    ("password-assignment", "define('DB_PASSWORD', '{}');", password),
    ("secret-assignment", "MISTRAL_KEY={}", keyed("", ALNUM, 32)),
    ("secret-assignment", "CO_API_KEY={}", keyed("", ALNUM, 40)),
    ("secret-assignment", "PrivateKey = {}", lambda r: draw(r, ALNUM, 43) + "="),
    ("secret-assignment", "TWITTER_BEARER: {}", keyed("", ALNUM, 60)),
    ("session-cookie", "Cookie: sessionid={}", keyed("", HEX, 32)),
    ("session-cookie", "Set-Cookie: PHPSESSID={}; path=/", keyed("", LOWER + DIGITS, 26)),
    ("secret-assignment", "mistral key: {}", keyed("", ALNUM, 32)),
    ("secret-assignment", "const key = '{}'", keyed("", ALNUM, 40)),
    ("secret-assignment", "Ocp-Apim-Subscription-Key: {}", keyed("", HEX, 32)),
    ("password-option", "redis-cli -a {} -h cache.internal", password),
    ("password-in-prose", "use pw {} for it", password),
    ("password-assignment", 'account.setPassword("{}")', password),
    ("encoded-token", "echo {} | base64 -d", lambda r: encoded("gh" + "p_" + draw(r, ALNUM, 36))),
    ("docker-auth", '{"auths": {"reg.internal": {"auth": "{}"}}}', lambda r: encoded(f"ada:{password(r)}")),
    ("npm-auth", "_auth={}", lambda r: encoded(f"ada:{password(r)}")),
    ("npm-auth", "//reg.internal/:_authToken={}", uuid),
    ("private-key", "client-key-data: {}", lambda r: encoded(private_key("RSA PRIVATE " + "KEY")(r))),
    ("private-key", "{}", lambda r: private_key("RSA PRIVATE " + "KEY")(r).partition("\n")[2]),
    ("password-file", "db.internal:5432:app:ada:{}", password),
    ("password-file", "machine api.internal login ada password {}", word_and_digits),
    ("password-assignment", "password: >-\n  {}\n", password),
    ("secret-assignment", "- name: API_TOKEN\n  value: {}\n", keyed("", ALNUM, 32)),
    ("password-assignment", '{"name": "DB_PASSWORD", "value": "{}"}', password),
    ("password-assignment", 'variable "db_password" {\n  default = "{}"\n}', password),
    ("password-element", "<username>ada</username><password>{}</password>", word_and_digits),
    ("password-assignment", '<user name="ada" password="{}"/>', word_and_digits),
    ("password-assignment", "connect(user='ada', passwd='{}')", word_and_digits),
    ("password-assignment", "requirepass {}", password),
    ("password-assignment", "storePassword '{}'", password),
    ("uuid-key", "client_secret: {}", uuid),
    ("uuid-key", "my api key is {}", uuid),
    ("one-time-seed", "otpauth://totp/x?secret={}&issuer=y", lambda r: "A2" + draw(r, UPPER + "234567", 30)),
    ("seed-phrase", 'mnemonic = "{}"', lambda r: " ".join(draw(r, LOWER, 5) for _ in range(12))),
    ("vault-token", "VAULT_TOKEN={}", keyed("s" + ".", ALNUM, 24)),
    ("password-assignment", "ALTER USER root IDENTIFIED BY '{}';", word_and_digits),
    ("password-assignment", 'ConvertTo-SecureString "{}" -AsPlainText', password),
    ("password-assignment", "get(url, auth=('ada', '{}'))", password),
    ("password-in-url", "username=ada&password={}&x=1", password),
    ("password-option", "curl -sSu ada:{} https://x.internal", password),
    ("password-option", "mysql -u root -p{} app", word_and_digits),
    ("password-option", "openssl rsa -passin pass:{} -in x", password),
    ("password-option", "echo {} | sudo -S ls", password),
    ("password-option", "keytool -storepass {} -keystore x", password),
    ("password-in-prose", "the password is {}, by the way", word_and_digits),
    ("password-in-prose", "credentials: admin / {}", password),
    ("password-in-prose", "log in with admin and {}", password),
    ("password-in-prose", "das Passwort ist {}", password),
    ("adafruit-key", "{}", keyed("ai" + "o_", ALNUM, 28)),
    ("apify-token", "{}", keyed("apify_a" + "pi_", ALNUM, 36)),
    ("airtable-token", "{}", lambda r: "pa" + f"t{draw(r, ALNUM, 14)}.{draw(r, HEX, 64)}"),
    (
        "airtable-token",
        "{}",
        lambda r: "oa" + f"a{draw(r, ALNUM, 14)}.v1.{draw(r, ALNUM, 40)}.{draw(r, HEX, 64)}",
    ),
    ("asana-token", "asana: {}", lambda r: f"1/12{draw(r, DIGITS, 14)}:" + draw(r, ALNUM, 32)),
    (
        "authress-key",
        "{}",
        lambda r: (
            f"sc_{draw(r, ALNUM, 25)}.{draw(r, ALNUM, 4)}.ac" + f"c_{draw(r, ALNUM, 16)}.{draw(r, ALNUM, 48)}"
        ),
    ),
    ("appsync-key", "{}", keyed("da" + "2-", LOWER + DIGITS, 26)),
    ("bannerbear-key", "{}", keyed("bb_p" + "r_", HEX, 32)),
    ("besttime-key", "{}", keyed("pr" + "i_", HEX, 32)),
    ("bitbucket-token", "{}", keyed("BBD" + "C-", ALNUM, 44)),
    ("clickup-token", "{}", lambda r: "p" + f"k_12{draw(r, DIGITS, 6)}_{draw(r, UPPER + DIGITS, 32)}"),
    ("dependency-track-key", "{}", keyed("od" + "t_", ALNUM, 32)),
    ("endorlabs-key", "{}", keyed("end" + "r+", ALNUM, 20)),
    ("flexport-token", "{}", keyed("shlt" + "m_", ALNUM, 40)),
    ("hubspot-token", "{}", lambda r: "pat-n" + f"a1-{uuid(r)}"),
    ("intra42-secret", "{}", keyed("s-s4t2" + "ud-", HEX, 64)),
    ("ionic-token", "{}", keyed("io" + "n_", ALNUM, 42)),
    ("jenkins-secret", "<password>{}</password>", lambda r: "{AQAAAB" + f"AAAAA{draw(r, ALNUM, 60)}=}}"),
    ("mailgun-key", "{}", keyed("ke" + "y-", LOWER + DIGITS, 32)),
    ("mongodb-service-key", "{}", keyed("mdb_sa_" + "sk_", ALNUM, 40)),
    ("newrelic-key", "{}", keyed("NRA" + "A-", HEX, 27)),
    ("newrelic-key", "{}", lambda r: draw(r, HEX, 36) + "NRA" + "L"),
    ("onelogin-token", "{}", keyed("id" + "r_", LOWER + DIGITS, 64)),
    ("pagarme-key", "{}", keyed("ak_liv" + "e_", ALNUM, 30)),
    ("paymongo-key", "{}", keyed("sk_p" + "r_", ALNUM, 40)),
    ("pganalyze-key", "{}", keyed("pga" + "r_", ALNUM, 27)),
    ("portainer-token", "{}", keyed("pt" + "r_", ALNUM, 44)),
    ("pubnub-key", "{}", keyed("sec-" + "c-", ALNUM, 48)),
    ("ramp-secret", "{}", keyed("ramp_s" + "ec_", ALNUM, 48)),
    ("razorpay-key", "{}", keyed("rzp_liv" + "e_", ALNUM, 24)),
    ("rootly-token", "{}", keyed("rootl" + "y_", HEX, 64)),
    ("salesforce-session", "{}", lambda r: "00" + f"D{draw(r, ALNUM, 12)}!{draw(r, ALNUM, 96)}"),
    ("salesforce-token", "{}", keyed("5Aep8" + "61", ALNUM, 80)),
    ("scrapfly-key", "{}", keyed("scp-li" + "ve-", HEX, 32)),
    ("segment-token", "{}", keyed("sg" + "p_", ALNUM, 64)),
    ("sonar-token", "{}", keyed("sqc" + "o_", ALNUM, 59)),
    ("sourcegraph-token", "{}", keyed("sl" + "k_", HEX, 64)),
    ("spectralops-token", "{}", keyed("sp" + "u-", LOWER + DIGITS, 32)),
    ("stackhawk-key", "{}", lambda r: "haw" + f"k.{draw(r, ALNUM, 20)}.{draw(r, ALNUM, 20)}"),
    ("teamwork-token", "{}", keyed("tkn." + "v1_", ALNUM, 72)),
    ("telnyx-key", "{}", lambda r: "KE" + f"Y01{draw(r, '89ABCDEF', 10)}_{draw(r, ALNUM, 43)}"),
    ("ubidots-token", "{}", keyed("BBF" + "F-", ALNUM, 30)),
    ("voiceflow-key", "{}", lambda r: "VF.D" + f"M.{draw(r, HEX, 24)}.{draw(r, ALNUM, 16)}"),
    ("zoho-token", "{}", lambda r: "100" + f"0.{draw(r, HEX, 32)}.{draw(r, HEX, 32)}"),
    (
        "tines-webhook",
        "https://a{}",
        lambda r: ".tines.com/web" + f"hook/{draw(r, HEX, 32)}/{draw(r, HEX, 32)}",
    ),
    (
        "power-automate-webhook",
        "https://a.logic.azure.com:443/workflows/b/triggers/manual/paths/invoke?sp=c&sig={}",
        lambda r: draw(r, ALNUM, 43),
    ),
    (
        "twilio-key",
        "curl -X GET https://a.internal -H x:{}",
        lambda r: "A" + f"C{draw(r, HEX, 32)}:{draw(r, HEX, 32)}",
    ),
    ("service-key", "mapquest = '{}'", keyed("", LOWER + DIGITS, 32)),
    ("service-key", "mapquest '{}'", keyed("", LOWER + DIGITS, 32)),
    ("service-key", "the etherscan key is {}", keyed("", LOWER + DIGITS, 34)),
    ("service-key", "opsgenie token = '{}'", uuid),
    ("password-hash", "hash: {}", lambda r: "$2" + f"b$12${draw(r, BCRYPT, 53)}"),
    (
        "password-hash",
        "root:{}:19000:0:99999:7:::",
        lambda r: "$" + f"6${draw(r, ALNUM, 8)}${draw(r, BCRYPT, 86)}",
    ),
    ("password-hash", "ada:{}", lambda r: "$apr" + f"1${draw(r, ALNUM, 8)}${draw(r, BCRYPT, 22)}"),
    (
        "password-hash",
        "'{}'",
        lambda r: "$argon" + f"2id$v=19$m=65536,t=3,p=4${draw(r, ALNUM, 22)}${draw(r, ALNUM, 43)}",
    ),
    (
        "password-hash",
        "'{}'",
        lambda r: "pbkdf2_sha" + f"256$600000${draw(r, ALNUM, 22)}${draw(r, ALNUM, 43)}=",
    ),
    ("password-hash", "ada:{SSH" + "A}{}", lambda r: draw(r, ALNUM, 38) + "=="),
    ("password-hash", "{}", lambda r: "$krb" + f"5asrep$23$ada:{draw(r, HEX, 32)}${draw(r, HEX, 300)}"),
    (
        "private-key",
        "{}",
        lambda r: (
            private_key("X")(r)
            .replace("-----BEGIN X-----", SSH2.format("BEGIN"))
            .replace("-----END X-----", SSH2.format("END"))
        ),
    ),
    (
        "private-key",
        "untrusted comment: minisign encrypted secret key\n{}",
        lambda r: "RWR" + draw(r, ALNUM, 209),
    ),
    ("secret-assignment", "tokens: {}", lambda r: f"['{draw(r, ALNUM, 32)}', '{draw(r, ALNUM, 40)}']"),
    ("secret-assignment", "API_KEYS={}", lambda r: f"{draw(r, ALNUM, 32)},{draw(r, ALNUM, 32)}"),
    ("secret-assignment", "api_keys:\n{}", lambda r: f"  - {draw(r, ALNUM, 32)}\n  - {draw(r, ALNUM, 32)}\n"),
    ("kubernetes-secret", "kind: Secret\ndata:\n{}", lambda r: f"  any: {encoded(password(r))}\n"),
    ("kubernetes-secret", "data:\n{}kind: Secret\n", lambda r: f"  any: {encoded(password(r))}\n"),
    ("lark-webhook", "https://open.larksuite.com/open-apis/bot/v2/hook/{}", uuid),
    ("wecom-webhook", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={}", uuid),
    ("ifttt-webhook", "https://maker.ifttt.com/trigger/a/with/key/{}", keyed("", ALNUM, 22)),
    ("password-assignment", "DB_PASSWORD={}", word),
    ("password-in-url", "postgres://app:{}@db.internal/prod", word),
    ("password-assignment", "requirepass {}", word),
    ("password-assignment", "sentinel auth-pass mymaster {}", password),
    ("password-option", "AUTH {}", password),
    ("password-option", "redis-cli -a {} ping", word),
    ("password-option", "mysql -u root -p{} shop", word),
    ("password-file", "machine a.internal\nlogin ada\npassword {}", word),
    ("password-file", "db.internal:5432:app:ada:{}", word),
    ("password-option", "curl -u ada:{} https://a.internal", word),
    ("password-option", "sftp ada:{}@files.internal", password),
    ("password-option", "net use \\\\srv\\share {} /user:ada", password),
    ("password-option", "zip -P {} a.zip b", password),
    ("password-in-prose", "my password is {}", word),
    ("password-in-prose", "the app password: {}", lambda r: " ".join(draw(r, LOWER, 4) for _ in range(4))),
    ("password-in-prose", 'the root password on prod is "{}"', password),
    ("secret-in-prose", "use {} as the api key please", keyed("", ALNUM, 40)),
    ("npm-auth", 'npmAuthIdent: "ada:{}"', keyed("", ALNUM, 40)),
    ("password-element", '<entry key="db.password">{}</entry>', password),
    ("session-cookie", "Cookie: theme=dark; sid={}", keyed("", ALNUM, 40)),
]
