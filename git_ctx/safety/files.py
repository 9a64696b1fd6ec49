"""Files that exist to hold secrets: key stores, and those whose name says in which form they hold them."""

import re

from git_ctx.pattern import lazily
from git_ctx.safety import judge

_TEMPLATE_ENDS = ("example", "sample", "template", "tmpl", "dist", "default", "defaults", "schema")

_ENV = lazily(
    rb"(?im)^[ \t]*(?:export[ \t]+)?\w*(?:passwor?d|passphrase|passwd|pwd|secret|token|api_?key|access_?key"
    rb"|private_?key|signing_?key|encryption_?key|auth_?key|credential)\w*[ \t]*[=:][ \t]*"
    rb"(?:\"(?P<double>[^\"\n]+)\"|'(?P<single>[^'\n]+)'|(?P<bare>[^\s\"'#][^\s#]*))"
)
_NETRC = lazily(rb"\bpassword[ \t\n]+(?P<value>\S+)")
_PGPASS = lazily(rb"(?m)^[^#\n:]*:[^:\n]*:[^:\n]*:[^:\n]*:(?P<value>[^\n]+)$")
_HTPASSWD = lazily(rb"(?m)^[^#\s:]+:(?:\$(?:apr1|2[aby]|5|6)\$|\{SHA\})(?P<value>[^\s:]+)$")
_DOCKER = lazily(rb"\"(?:auth|identitytoken)\"\s*:\s*\"(?P<value>[^\"]{8,})\"")
_CLOUD = lazily(
    rb"\"(?:client_secret|refresh_token|private_key|access_token)\"\s*:\s*\"(?P<value>[^\"]{8,})\""
)
_KUBE = lazily(rb"(?m)^\s*(?:client-key-data|token|password):\s*\"?(?P<value>[^\s\"]{8,})")

# What the name looks like, lower case: (that form, the rule's name, where values stand in it).
_FORMS = (
    (r"\.env(?:\..+)?|.+\.env|\.envrc", "env-file", _ENV),
    (r"\.?_?netrc", "netrc-file", _NETRC),
    (r"\.?pgpass(?:\.conf)?", "pgpass-file", _PGPASS),
    (r"\.?htpasswd", "htpasswd-file", _HTPASSWD),
    (r"\.npmrc|\.pypirc|\.?credentials|secrets?\.(?:ya?ml|toml|ini|json)", "credentials-file", _ENV),
    (r"\.?dockercfg|\.dockerconfigjson|config\.json", "docker-credentials", _DOCKER),
    (r".*credentials?.*\.json|client_secret.*\.json|token\.json", "credentials-file", _CLOUD),
    (r"kubeconfig.*|.*\.kubeconfig", "kubeconfig", _KUBE),
)
_BY_NAME = tuple((lazily(form), rule, values) for form, rule, values in _FORMS)
_NAMED = lazily("|".join(form for form, _, _ in _FORMS))
"""Any of them: most names are none."""
_KEY_STORES = (
    (b"\xfe\xed\xfe\xed", "java-key-store"),
    (b"\xce\xce\xce\xce", "java-key-store"),
    (b"\x03\xd9\xa2\x9a", "password-database"),
)
_PKCS12 = lazily(
    rb"0[\x80-\x84].{0,4}\x02\x01\x030[\x80-\x84].{0,4}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07", re.S
)


def key_store(content: bytes) -> str | None:
    """The kind of key store that a file is by its first bytes."""
    for magic, rule in _KEY_STORES:
        if content.startswith(magic):
            return rule
    return "key-store" if _PKCS12.match(content) else None


def by_name(path: str, content: bytes) -> str | None:
    """The rule that a file meets which is named for holding secrets, and holds one in its own form."""
    name = path.rpartition("/")[2].lower()
    if not _NAMED.fullmatch(name) or name.rpartition(".")[2] in _TEMPLATE_ENDS:
        return None
    for form, rule, values in _BY_NAME:
        if form.fullmatch(name):
            for found in values.finditer(content):
                if judge.anything(next(filter(None, found.groups()))):
                    return rule
    return None
