"""sandbox-no-projected-token: no volume hands an agent a proof of identity.

Rule 8 of the agent-sandbox project's admission policies. With automounting off, a projected volume is the way that
is left to a token; a pod certificate and a trust bundle are the same for mutual TLS with the API server. Other
workloads have good uses for a token that is bound to an audience, so they are judged if the option says so.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import switch
from policies.rule import Area, Options, References, Resource, Rule
from policies.subjects.agents import is_agent
from policies.subjects.objects import kind_of
from policies.subjects.pods import Pod, concerns, pods_of
from policies.unknowns import ABSENT, Field, is_object

_SOURCES: Final = ("serviceAccountToken", "clusterTrustBundle", "podCertificate")
_FIX: Final = "remove this source; an agent reaches AWS by EKS Pod Identity, which needs none"


class Suspect(NamedTuple):
    """A pod, and whether it is an agent's; None if that is unknown."""

    pod: Pod
    agent: bool | None


def _subjects(resource: Resource) -> tuple[Suspect, ...]:
    kind = kind_of(resource.type)
    return tuple(Suspect(pod, is_agent(pod, kind)) for pod in pods_of(resource))


def judge(suspect: Suspect, options: Options) -> Iterator[Finding]:
    """Finds every projected source that proves an identity."""
    found = _findings(suspect.pod)
    if suspect.agent or options["everyPod"]:
        yield from found
    elif suspect.agent is None and any(True for _ in found):
        yield Unjudged(place(suspect.pod.metadata.at("labels")))


def _findings(pod: Pod) -> Iterator[Finding]:
    for volume in pod.at("volumes").items():
        for source in volume.at("projected", "sources").items():
            for name in _SOURCES:
                yield from _identity(source.at(name), volume)


def _identity(field: Field, volume: Field) -> Iterator[Finding]:
    if field.value is ABSENT:
        return
    if not is_object(field.value):
        yield unreadable(field, "an object", _FIX)
        return
    name = volume.at("name")
    called = f"volume {name.text}" if isinstance(name.value, str) else "a volume"
    yield Violation(f"{place(field)} gives the pod a {field.keys[-1]} by {called}. Fix: {_FIX}.")


RULE = Rule(
    name="sandbox-no-projected-token",
    description="Agents must not get a token, certificate or trust bundle by a projected volume.",
    why="An agent runs what a model or a stranger wrote: an identity in its file system is an identity given away.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        cis_eks=("4.1.6",), kubescape=("C-0034",), owasp=("ASI03",), others=("agent-sandbox VAP rule 8",)
    ),
    remediation="Remove serviceAccountToken, clusterTrustBundle and podCertificate from the pod's projected volumes.",
    area=Area(concerns, _subjects),
    judge=judge,
    options={"everyPod": switch("Whether pods that are no agents are judged too.", default=False)},
)
