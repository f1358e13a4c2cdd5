"""A network with no settings but its addresses, made once for all tests that only look at it."""

from collections.abc import Iterator

import pytest

from tests.components.aws_recording import Cloud, recording
from tests.components.network.making import made_with, settings


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what a network with no settings but its addresses registers in a preview, then in an up."""
    return made_with(settings(), preview=request.param)


@pytest.fixture(scope="session")
def made() -> Cloud:
    """Return the same in an up, where ids are known."""
    return made_with(settings())


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """Return a cloud in which nothing is made yet."""
    with recording(preview=request.param) as made:
        yield made
