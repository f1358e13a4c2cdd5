"""`agentctl up`, `preview` and `destroy`: which stacks in which order, and what is said when one fails.

The engine is a stand-in here; `tests/end_to_end/test_environments.py` runs the real one.
"""

import sys
from collections import Counter
from typing import Any, ClassVar

import pytest
from pulumi import automation

from cli.environment import running
from local.events import EventLog
from local.failures import LocalError, StoppedError
from local.operations import Update
from tests.cli.conftest import Agentctl

ALL = ["dev", "dev-platform", "dev-media", "dev-storefront"]


class Stack:
    """A stack of a backend that lies in memory."""

    existing: ClassVar[dict[str, bool]] = {}
    """The stacks that the backend has, and whether each is up."""
    failing: ClassVar[dict[str, LocalError]] = {}
    did: ClassVar[list[tuple[str, str]]] = []
    variables: ClassVar[dict[str, str]] = {}

    def __init__(self, folder: Any, name: str, variables: dict[str, str], *, label: str) -> None:
        if name not in self.existing:
            raise automation.StackNotFoundError(_failed())
        self.name = label
        self.variables.update(variables)

    def preview(self) -> EventLog:
        self._do("preview")
        log = EventLog(print, print, planning=True)
        log.changes = Counter({"create": 2})
        return log

    def up(self, plan: EventLog) -> Update:
        self._do("up")
        self.existing[self.name] = True
        return Update(self.outputs(), plan)

    def destroy(self, *, but_protected: bool) -> None:
        self._do("destroy but protected" if but_protected else "destroy")
        self.existing[self.name] = False

    def outputs(self) -> dict[str, Any]:
        agent = {"namespace": "media", "url": "http://image-reader.media.svc"}
        agents = {"media/image-reader": agent} if self.name == "dev-media" else {}
        return {"contract": {"version": 1}, "agents": agents} if self.existing[self.name] else {}

    def resources(self) -> list[dict[str, Any]]:
        return [{"custom": True}] if self.existing[self.name] else [{"custom": False}]

    def _do(self, what: str) -> None:
        self.did.append((what, self.name))
        if self.name in self.failing:
            raise self.failing[self.name]


def _failed() -> Any:
    class Result:
        stdout, stderr, code = "", "no stack named", 255

    return Result()


@pytest.fixture(autouse=True)
def backend(monkeypatch: pytest.MonkeyPatch) -> type[Stack]:
    """Return a backend with every stack of dev, none of them up."""
    monkeypatch.setattr(running, "DrivenStack", Stack)
    monkeypatch.setattr(Stack, "existing", dict.fromkeys(ALL, False))
    monkeypatch.setattr(Stack, "failing", {})
    monkeypatch.setattr(Stack, "did", [])
    return Stack


def test_up_previews_and_updates_each_stack_after_the_one_that_it_stands_on(
    agentctl: Agentctl, backend: type[Stack]
) -> None:
    run = agentctl("up", "dev", "--yes")
    assert run.code == 0
    assert backend.did == [(what, name) for name in ALL for what in ("preview", "up")]
    assert "http://image-reader.media.svc" in run.out


def test_every_run_is_governed_by_the_pack_with_the_environments_configuration(
    agentctl: Agentctl, backend: type[Stack]
) -> None:
    agentctl("up", "dev", "--stack", "dev", "--yes")
    assert backend.variables["PULUMI_OPTION_POLICY_PACK"].endswith("/policies")
    assert backend.variables["PULUMI_OPTION_POLICY_PACK_CONFIG"].endswith("/policies/config.dev.json")


def test_a_failure_stops_what_stands_on_that_stack_and_says_how_to_go_on(
    agentctl: Agentctl, backend: type[Stack]
) -> None:
    backend.failing["dev-platform"] = LocalError("dev-platform: update failed.", "Mend it.", "  ✗ quota")
    run = agentctl("up", "dev", "--yes")
    assert run.code == 1
    assert ("preview", "dev-media") not in backend.did
    for said in ("✗ quota", "done: dev\n", "dev-media: left out", "`agentctl up dev --from dev-platform`"):
        assert said in run.err


def test_one_teams_failure_is_its_own(agentctl: Agentctl, backend: type[Stack]) -> None:
    backend.failing["dev-media"] = LocalError("dev-media: update failed.")
    run = agentctl("up", "dev", "--yes")
    assert run.code == 1
    assert ("up", "dev-storefront") in backend.did
    assert "`agentctl up dev --stack dev-media`" in run.err


def test_an_interrupted_run_goes_no_further(agentctl: Agentctl, backend: type[Stack]) -> None:
    backend.failing["dev"] = StoppedError("dev: update interrupted; what was finished is recorded.")
    run = agentctl("up", "dev", "--yes")
    assert run.code == 130
    assert backend.did == [("preview", "dev")]
    assert "--from dev" in run.err or "--stack dev" in run.err


def test_up_goes_on_from_a_stack(agentctl: Agentctl, backend: type[Stack]) -> None:
    backend.existing.update({"dev": True, "dev-platform": True})
    assert agentctl("up", "dev", "--from", "dev-media", "--yes").code == 0
    assert [name for what, name in backend.did if what == "up"] == ["dev-media", "dev-storefront"]


def test_up_of_a_stack_whose_upper_one_is_not_up_is_left_out(agentctl: Agentctl, backend: type[Stack]) -> None:
    run = agentctl("up", "dev", "--stack", "dev-platform", "--yes")
    assert run.code == 1
    assert backend.did == []
    assert "it can't be up before dev, which tells of its cluster, is up" in run.err


def test_a_team_needs_no_access_to_the_stacks_that_its_own_stands_on(agentctl: Agentctl, backend: type[Stack]) -> None:
    del backend.existing["dev-platform"]
    assert agentctl("up", "dev", "--stack", "dev-media", "--yes").code == 0
    assert backend.did == [("preview", "dev-media"), ("up", "dev-media")]


def test_a_stack_that_the_backend_does_not_have_is_named_with_what_makes_it(
    agentctl: Agentctl, backend: type[Stack]
) -> None:
    del backend.existing["dev"]
    run = agentctl("up", "dev", "--yes")
    assert run.code == 1
    assert "pulumi stack init dev --secrets-provider" in run.err
    assert backend.did == []


def test_nothing_is_changed_without_an_answer(agentctl: Agentctl, backend: type[Stack]) -> None:
    run = agentctl("up", "dev")
    assert run.code == 2
    assert "write --yes" in run.err
    assert [what for what, _ in backend.did] == ["preview"]


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 130)])
def test_a_person_is_asked_before_each_stack(
    answer: str, code: int, agentctl: Agentctl, backend: type[Stack], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def hear(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("builtins.input", hear)
    monkeypatch.setattr("cli.environment.commands._is_somebody_there", lambda: True)
    run = agentctl("up", "dev", "--stack", "dev")
    assert run.code == code
    assert asked == ["dev: 2 to create. Do it? [y/N] "]
    assert (("up", "dev") in backend.did) == (answer == "y")


def test_preview_changes_nothing_and_names_what_it_cannot_see(agentctl: Agentctl, backend: type[Stack]) -> None:
    backend.existing["dev"] = True
    run = agentctl("preview", "dev")
    assert run.code == 0
    assert backend.did == [("preview", "dev"), ("preview", "dev-platform")]
    assert "dev-media: it can't be previewed before dev-platform, which tells of its cluster, is up" in run.out


def test_destroy_goes_from_the_teams_to_the_cloud(agentctl: Agentctl, backend: type[Stack]) -> None:
    backend.existing.update(dict.fromkeys(ALL, True))
    assert agentctl("destroy", "dev", "--yes").code == 0
    assert backend.did == [("destroy", name) for name in reversed(ALL)]


def test_destroy_leaves_what_another_stack_stands_on(agentctl: Agentctl, backend: type[Stack]) -> None:
    backend.existing.update(dict.fromkeys(ALL, True))
    run = agentctl("destroy", "dev", "--stack", "dev-platform", "--yes")
    assert run.code == 1
    assert backend.did == []
    assert "dev-media, dev-storefront still stands on it" in run.err
    backend.failing["dev-media"] = LocalError("dev-media: destroy failed.")
    run = agentctl("destroy", "dev", "--yes")
    assert [name for _, name in backend.did] == ["dev-storefront", "dev-media"]
    assert "`agentctl destroy dev --from dev-media`" in run.err


def test_destroy_skips_what_is_gone_or_never_was(agentctl: Agentctl, backend: type[Stack]) -> None:
    backend.existing["dev"] = True
    del backend.existing["dev-media"]
    assert agentctl("destroy", "dev", "--yes", "--spare-protected").code == 0
    assert backend.did == [("destroy but protected", "dev")]


def test_destroy_asks_for_the_environments_name(
    agentctl: Agentctl, backend: type[Stack], monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.existing.update(dict.fromkeys(ALL, True))
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    monkeypatch.setattr("cli.environment.commands._is_somebody_there", lambda: True)
    assert agentctl("destroy", "dev").code == 1
    assert backend.did == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("up", "dve"), "Did you mean dev?"),
        (("up", "local"), "make up"),
        (("up", "dev-platform"), "is no environment"),
        (("up", "dev", "--stack", "prod"), "is no stack of dev. They are: dev, dev-platform"),
        (("destroy", "dev", "--stack", "dev", "--from", "dev"), "exclude each other"),
    ],
)
def test_wrong_use_is_a_sentence(arguments: tuple[str, ...], said: str, agentctl: Agentctl) -> None:
    run = agentctl(*arguments)
    assert run.code == 2
    assert said in run.err


@pytest.mark.parametrize("command", ["up", "preview", "destroy"])
def test_help_names_the_exit_codes(command: str, agentctl: Agentctl) -> None:
    assert "Exit codes: 0 " in " ".join(agentctl(command, "--help").out.split())


def test_policies_start_without_the_engine(agentctl: Agentctl) -> None:
    import subprocess

    script = "import sys, cli.app; print('pulumi.automation' in sys.modules, 'components.config.load' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
