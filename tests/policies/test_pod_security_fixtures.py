"""The pack and the fixtures of Kubernetes' own Pod Security: every pod that they pass passes, and every other fails.

The fixtures lie in the Go module of Pod Security, in the version that the local control plane is built from. They are
read from the toolchain's cache of Go modules; where they are not there yet, Go downloads and verifies them.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from local.paths import cache_folder
from local.toolchain.golang import NO_GO, Go
from local.toolchain.modules import KUBERNETES
from policies.config import parse
from policies.dispatcher import Dispatcher
from policies.kubernetes_version import KUBERNETES_VERSION
from policies.rules import RULES
from tests.policies.manifests import TODAY, resource

MODULE = "k8s.io/pod-security-admission"
OPTION = "kubernetesVersion"
STANDARD = [rule for rule in RULES if rule.references.pod_security]
RESTRICTED = {rule.name for rule in STANDARD if "restricted" in rule.references.pod_security}
MEANT = {
    "allowprivilegeescalation": "pod-no-privilege-escalation",
    "apparmorprofile": "pod-apparmor",
    "capabilities_baseline": "pod-drop-all-capabilities",
    "capabilities_restricted": "pod-drop-all-capabilities",
    "hostnamespaces": "pod-no-host-namespaces",
    "hostpathvolumes": "pod-no-host-path",
    "hostports": "pod-no-host-port",
    "hostprobesandhostlifecycle": "pod-no-host-probe",
    "privileged": "pod-no-privileged",
    "procmount": "pod-proc-mount",
    "procmount_restricted": "pod-proc-mount",
    "restrictedvolumes": "pod-volume-types",
    "runasnonroot": "pod-run-as-nonroot",
    "runasuser": "pod-run-as-nonroot",
    "seccompprofile_baseline": "pod-seccomp",
    "seccompprofile_restricted": "pod-seccomp",
    "selinuxoptions": "pod-selinux",
    "sysctls": "pod-safe-sysctls",
    "windowshostprocess": "pod-no-host-process",
}
"""The rule that each family of fixtures is about."""


class Judged(NamedTuple):
    """One fixture, and the rules that refuse its pod."""

    level: str
    version: str
    passes: bool
    name: str
    rules: frozenset[str]

    @property
    def family(self) -> str:
        """What the fixture is about."""
        return self.name.rstrip("0123456789")


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    """Return every fixture of the versions that the pack can be pinned to, judged at its version."""
    go = Go.find(cache_folder())
    assert go, f"The fixtures lie in a Go module, and no `go` is on PATH. {NO_GO}"
    folder = go.module_folder(KUBERNETES, MODULE) / "test" / "testdata"
    return [each for level in ("baseline", "restricted") for each in _of_level(folder / level)]


def _of_level(folder: Path) -> Iterator[Judged]:
    for versioned in sorted(folder.iterdir()):
        if _supported(versioned.name):
            for file in sorted(versioned.glob("*/*.yaml")):
                rules = _rules(versioned.name, file)
                yield Judged(folder.name, versioned.name, file.parent.name == "pass", file.stem, rules)


def _supported(version: str) -> bool:
    try:
        KUBERNETES_VERSION[OPTION].parse(version)
    except ValueError:
        return False
    return True


@lru_cache
def _pack(version: str) -> Dispatcher:
    pinned = {rule.name: {OPTION: version} for rule in STANDARD if OPTION in rule.options}
    return Dispatcher(STANDARD, parse(pinned, STANDARD, today=TODAY))


def _rules(version: str, file: Path) -> frozenset[str]:
    pod = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return frozenset(said.rule.name for said in _pack(version).evaluate(resource(pod, "kubernetes:core/v1:Pod")))


def test_the_fixtures_are_there_for_both_levels_and_every_version(judged: list[Judged]) -> None:
    newest = int(KUBERNETES.version.split(".")[1])
    for level in ("baseline", "restricted"):
        for passes in (True, False):
            found = [each.version for each in judged if (each.level, each.passes) == (level, passes)]
            assert set(found) == {f"v1.{minor}" for minor in range(25, newest + 1)}
            assert len(found) > 100


def test_every_pod_that_fails_there_is_refused_by_the_rule_that_is_meant(judged: list[Judged]) -> None:
    failing = [each for each in judged if not each.passes]
    assert {each.family for each in failing} == MEANT.keys()
    assert [each for each in failing if MEANT[each.family] not in each.rules] == []


def test_every_pod_that_passes_restricted_there_passes(judged: list[Judged]) -> None:
    assert [each for each in judged if each.passes and each.level == "restricted" and each.rules] == []


def test_a_pod_that_passes_baseline_there_is_refused_by_rules_of_restricted_only(judged: list[Judged]) -> None:
    assert [each for each in judged if each.passes and not each.rules <= RESTRICTED] == []
