"""search-hardened: OpenSearch and Elasticsearch domains encrypt, speak TLS 1.2, stay in a VPC and keep audit logs.

Who may call a domain is named by its access policies, its own or in a resource beside it.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule
from policies.subjects.companions import is_customer_key
from policies.subjects.iam_documents import NETWORK, Statement, allowed, anybody
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object

_DOMAINS: Final = ("aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain")
_POLICIES: Final = ("aws:opensearch/domainPolicy:DomainPolicy", "aws:elasticsearch/domainPolicy:DomainPolicy")
_SWITCHES: Final = (
    ("encryptAtRest", "enabled"),
    ("nodeToNodeEncryption", "enabled"),
    ("domainEndpointOptions", "enforceHttps"),
)
_TLS: Final = ("Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10")
_AUDIT: Final = "AUDIT_LOGS"
_FIX_KEY: Final = "set encryptAtRest.kmsKeyId to a KMS key of your own"
_FIX_TLS: Final = f"set domainEndpointOptions.tlsSecurityPolicy to {_TLS[-1]}"
_FIX_POLICY: Final = "name the roles that may call the domain"
_FIX_VPC: Final = "set vpcOptions.subnetIds to private subnets"
_FIX_AUDIT: Final = f"add {{logType: {_AUDIT}, cloudwatchLogGroupArn, enabled: true}} to logPublishingOptions"


def judge(domain: Typed, _options: Options) -> Iterator[Finding]:
    """Finds what a search domain or its access policies leave open."""
    yield from allowed(domain.at("accessPolicies"), _open, _FIX_POLICY)
    if domain.type in _POLICIES:
        return
    for path in _SWITCHES:
        yield from check(domain.at(*path), BOOLEAN, bool, fix=f"set {'.'.join(path)} to true", required=True)
    key, tls = domain.at("encryptAtRest", "kmsKeyId"), domain.at("domainEndpointOptions", "tlsSecurityPolicy")
    yield from check(key, TEXT, is_customer_key, fix=_FIX_KEY, required=True)
    yield from check(tls, TEXT, lambda it: it in _TLS, fix=_FIX_TLS, required=True)
    yield from _private(domain.at("vpcOptions", "subnetIds"))
    yield from _audited(domain.at("logPublishingOptions"))


def _open(statement: Statement) -> Iterator[Finding]:
    return anybody(statement, _FIX_POLICY, *NETWORK)


def _private(subnets: Field) -> Iterator[Finding]:
    if subnets.value in (ABSENT, []):
        yield Violation(f"{place(subnets)} is empty, so that the domain is on the internet. Fix: {_FIX_VPC}.")
    elif not isinstance(subnets.value, list):
        yield unreadable(subnets, "a list", _FIX_VPC)


def _audited(options: Field) -> Iterator[Finding]:
    answers: list[object] = []
    for option in options.items():
        if not is_object(option.value) and option.value is not UNKNOWN:
            yield unreadable(option, "an object", _FIX_AUDIT)
        kind, enabled = option.at("logType").value, option.at("enabled").value
        if UNKNOWN in (kind, enabled) and kind in (_AUDIT, UNKNOWN) and enabled is not False:
            answers.append(UNKNOWN)
        elif kind == _AUDIT:
            answers.append(enabled in (ABSENT, True))
    if True not in answers:
        lack = f"{place(options)} has no {_AUDIT} that are enabled. Fix: {_FIX_AUDIT}."
        yield Unjudged(place(options)) if UNKNOWN in answers else Violation(lack)


RULE = Rule(
    name="search-hardened",
    description="Search domains must encrypt everywhere, be private, speak TLS 1.2 and keep audit logs.",
    why="A search index holds a readable copy of what agents know, and open ones are found and emptied by the hour.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        checkov=("CKV_AWS_5", "CKV_AWS_6", "CKV_AWS_83", "CKV_AWS_137", "CKV_AWS_228", "CKV_AWS_317", "CKV_AWS_247")
    ),
    remediation="Set encryptAtRest with your key, nodeToNodeEncryption, enforceHttps with a TLS 1.2 policy, vpcOptions "
    "and AUDIT_LOGS.",
    area=of_type(*_DOMAINS, *_POLICIES),
    judge=judge,
)
