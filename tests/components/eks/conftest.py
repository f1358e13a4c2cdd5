"""The production environment, made once for all tests that only look at it."""

import pytest

from tests.components.aws_recording import Cloud
from tests.components.eks.making import recorded


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what the environment registers in a preview, then in an up."""
    return recorded(preview=request.param)[0]


@pytest.fixture
def up() -> Cloud:
    """Return the same in an up, where ids are known."""
    return recorded(preview=False)[0]
