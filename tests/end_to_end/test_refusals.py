"""What is refused, by whom and when; and that a refused run changes nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.end_to_end.conftest import Checkout

pytestmark = [pytest.mark.cluster, pytest.mark.engine]


@pytest.fixture
def agent(checkout: Checkout) -> Iterator[Callable[..., str]]:
    """Return a function that writes an agent, runs a command on it and returns what is printed; cleans up after."""
    paths = []

    def attempt(command: str, expect: int = 1, **changes: object) -> str:
        paths.append(checkout.write_agent("storefront/attempt", **changes))
        return checkout.local(command, expect=expect)

    yield attempt
    for path in paths:
        path.unlink(missing_ok=True)


def test_all_mistakes_of_all_files_are_refused_before_the_engine_starts(
    checkout: Checkout, agent: Callable[..., str]
) -> None:
    before = checkout.names()
    printed = agent(
        "up",
        replica=1,
        gpu={"count": 64},
        calls=["nobody"],
        resources={"requests": {"cpu": "1x", "memory": "512MB"}, "limits": {"cpu": "1", "memory": "1Gi"}},
    )
    for word in ("did you mean `replicas`", '"1x"', '"512MB"', "gpu.count"):
        assert word in printed
    assert "agents/storefront/attempt.yaml" in printed
    assert "Fix:" in printed
    assert "Traceback" not in printed
    assert "preview" not in printed
    assert checkout.names() == before


def test_a_plain_pulumi_run_refuses_the_same_without_a_traceback(checkout: Checkout) -> None:
    path = checkout.write_agent("storefront/attempt", replica=1)
    try:
        printed = checkout.pulumi("preview", "--stack", "local", expect=255)
    finally:
        path.unlink()
    assert "did you mean `replicas`" in printed
    assert "Traceback" not in printed


def test_what_the_policy_pack_forbids_is_refused_at_preview(checkout: Checkout) -> None:
    before = checkout.names()
    with _one_agent_made_wrong(checkout, '"privileged": False', '"privileged": agent.name == "attempt"'):
        printed = checkout.local("up", expect=1)
    assert "pod-no-privileged" in printed
    assert "storefront-attempt-deployment" in printed
    assert checkout.names() == before


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("DRAIN_SECONDS + 30", '-1 if agent.name == "attempt" else DRAIN_SECONDS + 30', "-1"),
        (
            'disk = {"ephemeral-storage": "512Mi"}',
            'disk = {"ephemeral-storage": "512Mi", **({"cpu": "9"} if agent.name == "attempt" else {})}',
            "over the ceiling of the team",
        ),
    ],
    ids=["by its validation", "by an admission policy"],
)
def test_what_the_api_server_refuses_is_refused_at_preview(
    checkout: Checkout, right: str, wrong: str, says: str
) -> None:
    before = checkout.names()
    with _one_agent_made_wrong(checkout, right, wrong):
        printed = checkout.local("preview", expect=1)
    assert "storefront-attempt-deployment" in printed
    assert says in printed
    assert "Traceback" not in printed
    assert checkout.names() == before


def test_a_corrected_up_converges_after_one_that_failed_midway(checkout: Checkout) -> None:
    path = checkout.write_agent("storefront/attempt", health={"startupSeconds": 10})
    try:
        with _workload_edited(
            checkout,
            {
                "**_gpu_placement(agent),": (
                    '**({"nodeSelector": {"nowhere": "true"}} if agent.name == "attempt" else _gpu_placement(agent)),'
                ),
                "str(startup + 300)": 'str(startup + 300 if agent.name != "attempt" else 3)',
            },
        ):
            printed = checkout.local("up", expect=1)
        assert "storefront-attempt" in printed
        assert "storefront/attempt" in checkout.local("up")
        assert "no changes" in checkout.local("up")
    finally:
        path.unlink()
    checkout.local("up")
    assert not any("attempt" in name for name in checkout.names())


@contextmanager
def _one_agent_made_wrong(checkout: Checkout, right: str, wrong: str) -> Iterator[None]:
    """Add the agent `attempt` and a mistake in the workload's source that touches it alone.

    The engine stops at the first refusals: were other agents wrong too, it would be chance which it names.
    """
    path = checkout.write_agent("storefront/attempt")
    try:
        with _workload_edited(checkout, {right: wrong}):
            yield
    finally:
        path.unlink()


@contextmanager
def _workload_edited(checkout: Checkout, edits: Mapping[str, str]) -> Iterator[None]:
    workload = checkout.folder / "components/agent/workload.py"
    source = edited = workload.read_text()
    for right, wrong in edits.items():
        assert right in edited
        edited = edited.replace(right, wrong)
    workload.write_text(edited)
    try:
        yield
    finally:
        workload.write_text(source)
