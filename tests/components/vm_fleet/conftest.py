"""The example fleet with all there is, made once for all tests that only look at it."""

import pytest

from tests.components.aws_recording import Cloud
from tests.components.vm_fleet.making import everything, made_with


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what the fleet registers in a preview, then in an up."""
    return made_with(everything(), preview=request.param)


@pytest.fixture(scope="session")
def made() -> Cloud:
    """Return the same in an up, where ids are known."""
    return made_with(everything())
