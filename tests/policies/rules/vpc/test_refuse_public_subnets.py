"""subnet-no-public-ip: nothing that starts in a subnet gets a public address by itself."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import mended, refused, resource, unjudged

RULE = "subnet-no-public-ip"
SUBNET, DEFAULT = "aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"


@pytest.mark.parametrize("token", [SUBNET, DEFAULT])
@pytest.mark.parametrize("tags", [{}, {"kubernetes.io/role/elb": "1"}])
def test_a_subnet_that_gives_out_public_addresses_is_refused_and_mended(token: str, tags: object) -> None:
    judged = resource({"mapPublicIpOnLaunch": True, "tags": tags}, token)
    (message,) = refused(RULE, judged)
    assert "mapPublicIpOnLaunch is true. Fix: set mapPublicIpOnLaunch to false" in message
    once = mended(RULE, judged)
    assert once.properties == {"mapPublicIpOnLaunch": False, "tags": tags}
    assert refused(RULE, once) == []
    assert mended(RULE, once) == once


@pytest.mark.parametrize("token", [SUBNET, DEFAULT])
def test_a_subnet_that_gives_none_out_passes(token: str) -> None:
    assert refused(RULE, resource({"mapPublicIpOnLaunch": False}, token)) == []


def test_a_default_subnet_must_say_so_and_another_need_not() -> None:
    assert refused(RULE, resource({}, SUBNET)) == []
    assert "not set" in refused(RULE, resource({}, DEFAULT))[0]
    assert mended(RULE, resource({}, DEFAULT)).properties == {"mapPublicIpOnLaunch": False}


def test_an_unknown_value_is_not_judged_and_one_of_the_wrong_type_refused() -> None:
    assert "mapPublicIpOnLaunch" in unjudged(RULE, resource({"mapPublicIpOnLaunch": UNKNOWN}, SUBNET))[0]
    assert "where a boolean belongs" in refused(RULE, resource({"mapPublicIpOnLaunch": "false"}, SUBNET))[0]
