"""secret-as-file: a container reads Secrets from files, not from its environment."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT, Field, is_object

_FIX: Final = "mount the Secret as a volume and read the file"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every Secret that is put into the environment, one key or all of them."""
    for container in pod.containers:
        for variable in container.at("env").items():
            yield from _referred(variable.at("valueFrom", "secretKeyRef"))
        for source in container.at("envFrom").items():
            yield from _referred(source.at("secretRef"))


def _referred(reference: Field) -> Iterator[Finding]:
    if is_object(reference.value):
        name = reference.at("name")
        called = f"Secret {name.text}" if isinstance(name.value, str) else "a Secret"
        yield Violation(f"{place(reference)} puts {called} into the environment. Fix: {_FIX}.")
    elif reference.value is not ABSENT:
        yield unreadable(reference, "an object", _FIX)


RULE = Rule(
    name="secret-as-file",
    description="Containers should read Secrets from files.",
    why="An environment is inherited by every child process and ends up in crash reports; a mounted file has an owner "
    "and follows the Secret when it is replaced.",
    level=EnforcementLevel.ADVISORY,
    severity=Severity.MEDIUM,
    references=References(
        cis_eks=("4.4.1",),
        checkov=("CKV_K8S_35",),
        kubescape=("C-0207",),
        kyverno=("secrets-not-from-env-vars",),
        owasp=("LLM02",),
    ),
    remediation="Mount the Secret as a volume, and give the program the path of the file.",
    area=PODS,
    judge=judge,
)
