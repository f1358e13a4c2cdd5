"""search-hardened: OpenSearch and Elasticsearch domains."""

import copy
from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, refused, resource, unjudged

RULE = "search-hardened"
DOMAINS = ("aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain")
AUDIT: Json = {"logType": "AUDIT_LOGS", "cloudwatchLogGroupArn": "arn:aws:logs:…"}
HARDENED: Json = {
    "encryptAtRest": {"enabled": True, "kmsKeyId": "1234"},
    "nodeToNodeEncryption": {"enabled": True},
    "domainEndpointOptions": {"enforceHttps": True, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
    "vpcOptions": {"subnetIds": ["subnet-1"]},
    "logPublishingOptions": [{**AUDIT, "logType": "INDEX_SLOW_LOGS"}, AUDIT],
}
SWITCHES = (
    ("encryptAtRest", "enabled"),
    ("nodeToNodeEncryption", "enabled"),
    ("domainEndpointOptions", "enforceHttps"),
)


def domain(path: tuple[str, ...] = (), value: object = None) -> Json:
    """A hardened domain with another value in one place."""
    made: Any = copy.deepcopy(HARDENED)
    place = made
    for key in path[:-1]:
        place = place[key]
    if path:
        place[path[-1]] = value
    return made  # type: ignore[no-any-return]


@pytest.mark.parametrize("token", DOMAINS)
def test_a_hardened_domain_passes(token: str) -> None:
    assert refused(RULE, resource(HARDENED, token)) == []
    older = domain(("domainEndpointOptions", "tlsSecurityPolicy"), "Policy-Min-TLS-1-2-2019-07")
    assert refused(RULE, resource(older, token)) == []
    assert refused(RULE, resource(domain(("logPublishingOptions",), [{**AUDIT, "enabled": True}]), token)) == []


@pytest.mark.parametrize("token", DOMAINS)
@pytest.mark.parametrize("path", SWITCHES)
@pytest.mark.parametrize("value", [None, False])
def test_every_switch_must_be_on(token: str, path: tuple[str, ...], value: object) -> None:
    (message,) = refused(RULE, resource(domain(path, value), token))
    assert f"{'.'.join(path)} is" in message
    assert f"Fix: set {'.'.join(path)} to true" in message


@pytest.mark.parametrize("token", DOMAINS)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("encryptAtRest", "kmsKeyId"), None),
        (("encryptAtRest", "kmsKeyId"), "alias/aws/es"),
        (("domainEndpointOptions", "tlsSecurityPolicy"), None),
        (("domainEndpointOptions", "tlsSecurityPolicy"), "Policy-Min-TLS-1-0-2019-07"),
        (("vpcOptions",), None),
        (("vpcOptions", "subnetIds"), []),
        (("vpcOptions", "subnetIds"), "subnet-1"),
        (("logPublishingOptions",), None),
        (("logPublishingOptions",), []),
        (("logPublishingOptions",), [{**AUDIT, "enabled": False}]),
        (("logPublishingOptions",), [{**AUDIT, "logType": "ES_APPLICATION_LOGS"}]),
        (("logPublishingOptions",), [{**AUDIT, "logType": "ES_APPLICATION_LOGS", "enabled": UNKNOWN}]),
        (("logPublishingOptions",), [{**AUDIT, "logType": UNKNOWN, "enabled": False}]),
        (("logPublishingOptions",), [{**AUDIT, "enabled": "true"}]),
    ],
)
def test_what_a_domain_leaves_open_is_refused(token: str, path: tuple[str, ...], value: object) -> None:
    (message,) = refused(RULE, resource(domain(path, value), token))
    assert path[0] in message
    assert "Fix: " in message


def test_an_empty_domain_lacks_all_of_it() -> None:
    assert len(refused(RULE, resource({}, DOMAINS[0]))) == 7


@pytest.mark.parametrize("options", ["all", [7, AUDIT], [None]])
def test_logs_of_the_wrong_type_are_refused(options: object) -> None:
    assert "belongs" in refused(RULE, resource(domain(("logPublishingOptions",), options), DOMAINS[0]))[0]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *((path, UNKNOWN) for path in SWITCHES),
        (("encryptAtRest", "kmsKeyId"), UNKNOWN),
        (("domainEndpointOptions", "tlsSecurityPolicy"), UNKNOWN),
        (("vpcOptions",), UNKNOWN),
        (("vpcOptions", "subnetIds"), UNKNOWN),
        (("logPublishingOptions",), UNKNOWN),
        (("logPublishingOptions",), [UNKNOWN]),
        (("logPublishingOptions",), [{**AUDIT, "enabled": UNKNOWN}]),
        (("logPublishingOptions",), [{**AUDIT, "logType": UNKNOWN}]),
        (("logPublishingOptions",), [{**AUDIT, "logType": UNKNOWN}, {**AUDIT, "enabled": False}]),
    ],
)
def test_unknown_values_are_not_judged(path: tuple[str, ...], value: object) -> None:
    judged = resource(domain(path, value), DOMAINS[0])
    assert path[0] in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


def test_subnets_that_are_known_one_by_one_only_are_enough() -> None:
    assert unjudged(RULE, resource(domain(("vpcOptions", "subnetIds"), [UNKNOWN]), DOMAINS[0])) == []


def test_audit_logs_that_are_on_need_no_others_to_be_known() -> None:
    assert unjudged(RULE, resource(domain(("logPublishingOptions",), [UNKNOWN, AUDIT]), DOMAINS[0])) == []
