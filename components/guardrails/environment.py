"""The guardrail against credentials that are written where everybody reads them: variables and ConfigMaps.

What CEL can say: names that announce a credential, and the formats of providers. That a text is random, or that a
command line or a longer text assigns a password, only the policy pack sees.
"""

from components.guardrails.cel import each, plain, quoted
from components.guardrails.policy import for_pods, policy
from components.manifest import Manifest

_ANNOUNCES = (
    "(?i)(pass(word|wd|phrase|code)s?|pwd|secrets?|tokens?|credentials?|connection[_.-]?strings?"
    "|(api|access|secret|private|signing|encryption|account|auth|shared|master)[_.-]?keys?|[_.-](pass|pw|pat))"
    r"[_.-]?(\d{1,3}|value|string|plain|plaintext|text|base64|binary|hash)?$"
)
_OTHERWISE = (
    "(?i)((creation|request|idempotency|next|continue|continuation|page|pagination|max|min|stop|eos|bos|pad"
    "|special|input|output|prompt|completion|total|num|context)[_.-]?tokens?"
    "|(?-i:clientToken)|(pull|existing|external|tls)[_.-]?secrets?"
    "|(first|second|one|two|single|multi|final)[_.-]pass|(file|name|path|url)[_.-]pat)$"
)
_PASSWORD = r"(?i)(pass(word|wd|phrase|code)s?|pwd|[_.-](pass|pw))[_.-]?\d{0,3}$"  # noqa: S105 - what names are like
_NO_LITERAL = (
    r"^\s*([*.x•_-]*|(?i:true|false|yes|no|on|off|null|none|nil|enabled?|disabled?|optional|required|redacted|default"
    r"|auto|string))\s*$"
    r"|^\s*(?i:\$[({]|\$[a-z_]\w*$|%[({]|\{\{|<[^<>]*>$|\(\(|\[\[|arn:|file:|env:|vault:|ref\+"
    r"|secretref:|ssm:|op://|gs://|s3://|kms:|awskms:|enc\[|projects/|alias/|secret/|secrets/|kv/"
    r"|[./~](\s*$|[^/\s]*/|[^/\s]+\.[a-z][a-z0-9]{0,4}\s*$)|https?://([a-z-]*\s*$|[^\s./:${<%]*[./:${<%]))"
)
_NUMBER = r"^\s*-?\d+(\.\d+)?\s*$"
_FORMATS = "|".join(
    (
        "-----BEGIN ([A-Z0-9]+ ){0,3}PRIVATE KEY( BLOCK)?-----",
        r"\b(AKIA|ASIA)[A-Z0-9]{16}\b",
        r"\bgh[opsur]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22}|\bglpat-[\w-]{20}",
        r"\bxox[abceoprs]-[A-Za-z0-9-]{10}|\bxapp-[0-9]-[A-Za-z0-9-]{10}",
        r"\bsk-ant-[a-z0-9]+-[\w-]{20}|\bsk-((proj|svcacct|admin|None)-[\w-]{20}|[A-Za-z0-9]{40})",
        r"\bsk-(or-v1|lf)-[a-f0-9-]{32}|\bhf_[A-Za-z0-9]{30}|\bAIza[\w-]{35}|\bnvapi-[\w-]{40}|\bgsk_[A-Za-z0-9]{40}",
        r"\b[rs]k_live_[A-Za-z0-9]{20}|\bnpm_[A-Za-z0-9]{36}|\bpypi-AgE[\w-]{40}|\bdckr_pat_[\w-]{20}",
        r"\bhvs\.[\w-]{24}|\bpul-[a-f0-9]{40}\b|\bdapi[a-f0-9]{32}|\bGOCSPX-[\w-]{20}|\bya29\.[\w-]{20}",
        r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10}",
    )
)
_FIX = "keep it in a secret store or a Secret, mount it as a file, and give the file's path here"
_HANDLERS = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.?postStart", "lifecycle.?preStop")
_MOST_SCANNED = 32_000
"""How many characters of one object are scanned for formats: the API server gives an expression a budget, and refuses
the object where that is overrun. A longer object is judged by names only."""

_LONGEST_REFERENCE = 1_000


def environment() -> Manifest:
    """Return the policy of variables, commands and arguments, those of probes and hooks included."""
    pairs = " + ".join(("c.?env.orValue([])", *(f"c.?{each}.?httpGet.?httpHeaders.orValue([])" for each in _HANDLERS)))
    commands = ("c.?command", "c.?args", *(f"c.?{each}.?exec.?command" for each in _HANDLERS))
    words = " + ".join(f"{command}.orValue([])" for command in commands)
    named = f"({pairs}).all(e, !has(e.value) || !({_announced('e.name', 'e.value')}))"
    literals = f"variables.containers.map(c, ({pairs}).filter(e, has(e.value)).map(e, e.value) + {words}).flatten()"
    formats = f"""variables.too_long || (({pairs}).all(e, !e.?value.orValue("").matches({quoted(_FORMATS)}))
      && ({words}).all(word, !word.matches({quoted(_FORMATS)})))"""
    return for_pods(
        "environment",
        [
            each(
                "env-no-literal-secret",
                f"{named} && ({formats})",
                "has a credential in a variable, a command, an argument, or a header of a probe",
                _FIX,
            )
        ],
        {"literals": literals, "too_long": _too_long("variables.literals")},
    )


def config_maps() -> Manifest:
    """Return the policy of ConfigMaps."""
    values = "variables.entries.map(key, variables.entries[key])"
    check = plain(
        "configmap-no-secret",
        f"variables.entries.all(key, !({_announced('key', 'variables.entries[key]')}))"
        f" && ({_too_long(values)} || {values}.all(text, !text.matches({quoted(_FORMATS)})))",
        "an entry of the ConfigMap holds a credential, by its name or its format",
        "move it to a secret store or a Secret, and leave a reference here",
    )
    entries = {"entries": "dyn(object).?data.orValue({})"}
    return policy("config-maps", {"": ["configmaps"]}, [check], entries)


def _too_long(texts: str) -> str:
    return f"{texts}.map(text, size(text)).sum() > {_MOST_SCANNED}"


def _announced(name: str, value: str) -> str:
    """Return the CEL of whether a name announces a credential and its value is one, not where one lies."""
    named = f"{name}.matches({quoted(_ANNOUNCES)}) && !{name}.matches({quoted(_OTHERWISE)})"
    literal = f"!{value}.matches({quoted(_NO_LITERAL)})"
    number = f"({name}.matches({quoted(_PASSWORD)}) || !{value}.matches({quoted(_NUMBER)}))"
    return f"{named} && (size({value}) > {_LONGEST_REFERENCE} || ({literal} && {number}))"
