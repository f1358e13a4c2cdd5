"""stack-no-dangling: what an object refers to by name, or selects by labels, is in the stack.

Only namespaces in which this stack makes pods are judged: of others nobody here knows what they hold. Neither is known
where a Helm release makes objects, nor which labels the controller of a custom resource gives to its pods. ClusterRoles
are made by whoever runs the cluster and are not judged. What another stack makes is listed in `elsewhere`.
"""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import AnyRule, Options, References, Rule, Stack
from policies.subjects.objects import Object, objects_in
from policies.subjects.pods import Pod
from policies.subjects.selectors import Verdict, Workload, every, meets, same, selects, some, within, workloads_in
from policies.unknowns import ABSENT, UNKNOWN, Field

_ELSEWHERE = (
    "ConfigMap/kube-root-ca.crt",
    "Role/extension-apiserver-authentication-reader",
    "Role/system:*",
    "ServiceAccount/default",
)
_MAKERS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("Secret", "cert-manager.io/Certificate", ("spec", "secretName")),
    ("Secret", "external-secrets.io/ExternalSecret", ("spec", "target", "name")),
    ("Secret", "external-secrets.io/ExternalSecret", ("metadata", "name")),
    ("Secret", "bitnami.com/SealedSecret", ("metadata", "name")),
)
_PODLESS: Final = frozenset(
    {
        "bitnami.com",
        "cert-manager.io",
        "cilium.io",
        "external-secrets.io",
        "keda.sh",
        "kyverno.io",
        "monitoring.coreos.com",
    }
)
_ADDED: Final = (
    *("pod-template-hash", "controller-revision-hash", "controller-uid", "job-name"),
    *("statefulset.kubernetes.io/", "apps.kubernetes.io/", "batch.kubernetes.io/"),
)
_SELECTORS: Final = {
    "core/Service": ("spec", "selector"),
    "networking.k8s.io/NetworkPolicy": ("spec", "podSelector"),
    "policy/PodDisruptionBudget": ("spec", "selector"),
}
_ROUTES: Final = ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")


class _Reference(NamedTuple):
    """What an object refers to: its kind (without group), its name and its namespace."""

    kind: Field
    name: Field
    namespace: object


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds references to what is not there, and selectors that select nothing."""
    known = _known(stack)
    for owner in stack.view(objects_in):
        if owner.complete:
            findings = (*_unselected(stack, owner, known), *_missing(stack, owner, known, options["elsewhere"]))
            for finding in findings:
                yield finding._replace(urn=owner.resource.urn)


def _known(stack: Stack) -> frozenset[object]:
    """The namespaces of which it is known what they hold."""
    spaces = {each.owner.namespace for each in stack.view(workloads_in) if isinstance(each.owner.namespace, str)}
    for release in stack.of_type("kubernetes:helm.sh/v3:Release"):
        namespace = Field(release.properties, "").at("namespace").value
        if namespace is UNKNOWN:
            return frozenset()
        spaces.discard(namespace if isinstance(namespace, str) else "default")
    return frozenset(spaces)


def _unselected(stack: Stack, owner: Object, known: frozenset[object]) -> Iterator[Finding]:
    selector = owner.at(*_SELECTORS[owner.kind]) if owner.kind in _SELECTORS else None
    if selector is None or selector.value in (ABSENT, {}) or not _in(owner.namespace, known):
        return
    if _has_added_labels(selector) or _labels_unseen(stack, owner.namespace):
        return
    chooses = meets if owner.kind == "core/Service" else selects
    verdict = some(_chosen(owner, workload, selector, chooses) for workload in stack.view(workloads_in))
    where = within(owner, place(selector))
    if verdict is None:
        yield Unjudged(where)
    elif not verdict:
        yield Violation(f"{where} selects no pod of this stack. Fix: write the labels of the pods that are meant.")


def _in(namespace: object, known: frozenset[object]) -> bool:
    return isinstance(namespace, str) and namespace in known


def _chosen(owner: Object, workload: Workload, selector: Field, chooses: Callable[[Field, Field], Verdict]) -> Verdict:
    chosen = some(chooses(selector, labels) for labels in workload.labels)
    return every((same(owner.namespace, workload.owner.namespace), chosen))


def _has_added_labels(selector: Field) -> bool:
    """Whether it selects by labels that a controller adds to pods."""
    pairs: set[object] = {key for field in (selector, selector.at("matchLabels")) for key, _ in field.entries()}
    keys = [*pairs, *(item.at("key").value for item in selector.at("matchExpressions").items())]
    return any(isinstance(key, str) and key.startswith(_ADDED) for key in keys)


def _labels_unseen(stack: Stack, namespace: object) -> bool:
    """Whether a custom resource of the namespace may make pods with labels of their own."""
    return any(
        _is_custom(each.kind.partition("/")[0]) and same(each.namespace, namespace) is not False
        for each in stack.view(objects_in)
    )


def _is_custom(group: str) -> bool:
    return "." in group and not group.endswith(".k8s.io") and group not in _PODLESS


def _missing(stack: Stack, owner: Object, known: frozenset[object], elsewhere: object) -> Iterator[Finding]:
    patterns = elsewhere if isinstance(elsewhere, tuple) else ()
    for kind, name, namespace in _references(stack, owner):
        where = within(owner, place(name))
        if name.value is ABSENT or not (namespace is UNKNOWN or _in(namespace, known)):
            continue
        if UNKNOWN in (kind.value, name.value, namespace):
            yield Unjudged(where)
        elif not isinstance(name.value, str):
            yield unreadable(name, "a name", "write the name as a string")
        elif not any(fnmatchcase(f"{kind.value}/{name.value}", pattern) for pattern in patterns):
            verdict = some(_is(each, kind.value, name.value, namespace) for each in stack.view(objects_in))
            if verdict is None:
                yield Unjudged(where)
            elif not verdict:
                text = f"{where} is {name.text}, and this stack has no such {_called(kind)} in that namespace"
                yield Violation(f"{text}. Fix: correct the name, add the object, or list it in the option elsewhere.")


def _plain(kind: str) -> Field:
    return Field(kind, "")


def _kind(reference: Field, default: str) -> Field:
    kind = reference.at("kind")
    return _plain(default) if kind.value is ABSENT else kind


def _called(kind: Field) -> str:
    return kind.text.strip('"') if isinstance(kind.value, str) and not kind.secret else "object"


def _is(candidate: Object, kind: object, name: str, namespace: object) -> Verdict:
    paths: list[tuple[str, ...]] = [("metadata", "name")] if candidate.kind.partition("/")[2] == kind else []
    paths += [path for made, maker, path in _MAKERS if (made, maker) == (kind, candidate.kind)]
    names = some(same(candidate.at(*path).value, name) for path in paths)
    return every((same(candidate.namespace, namespace), names))


def _references(stack: Stack, owner: Object) -> Iterator[_Reference]:
    for workload in stack.view(workloads_in):
        if workload.owner is owner:
            yield from _of_workload(workload)
    kind = owner.kind.partition("/")[2]
    if kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        target = owner.at("spec", "scaleTargetRef")
        yield _Reference(_kind(target, "Deployment"), target.at("name"), owner.namespace)
    elif kind in ("RoleBinding", "ClusterRoleBinding"):
        yield from _of_binding(owner)
    elif kind == "Ingress":
        for backend in (owner.at("spec", "defaultBackend"), *_paths(owner)):
            yield _Reference(_plain("Service"), backend.at("service", "name"), owner.namespace)
    elif kind in _ROUTES:
        yield from _of_route(owner)


def _of_workload(workload: Workload) -> Iterator[_Reference]:
    for pod in workload.pods:
        for kind, name in (*_of_pod(pod), *_of_containers(pod)):
            yield _Reference(_plain(kind), name, workload.owner.namespace)


def _of_route(owner: Object) -> Iterator[_Reference]:
    for rule in owner.at("spec", "rules").items():
        for backend in rule.at("backendRefs").items():
            space, referred = backend.at("namespace").value, _kind(backend, "Service")
            yield _Reference(referred, backend.at("name"), owner.namespace if space is ABSENT else space)


def _paths(ingress: Object) -> Iterator[Field]:
    for rule in ingress.at("spec", "rules").items():
        for path in rule.at("http", "paths").items():
            yield path.at("backend")


def _of_binding(owner: Object) -> Iterator[_Reference]:
    role = owner.at("roleRef")
    if role.at("kind").value == "Role":
        yield _Reference(_plain("Role"), role.at("name"), owner.namespace)
    for subject in owner.at("subjects").items():
        if subject.at("kind").value == "ServiceAccount":
            space = subject.at("namespace").value
            yield _Reference(
                _plain("ServiceAccount"), subject.at("name"), owner.namespace if space is ABSENT else space
            )


def _of_pod(pod: Pod) -> Iterator[tuple[str, Field]]:
    yield "ServiceAccount", pod.at("serviceAccountName")
    for secret in pod.at("imagePullSecrets").items():
        yield "Secret", secret.at("name")
    for volume in pod.at("volumes").items():
        yield "PersistentVolumeClaim", volume.at("persistentVolumeClaim", "claimName")
        yield from _needed("Secret", volume.at("secret"), "secretName")
        for source in (volume, *volume.at("projected", "sources").items()):
            yield from _needed("ConfigMap", source.at("configMap"))
        for source in volume.at("projected", "sources").items():
            yield from _needed("Secret", source.at("secret"))


def _of_containers(pod: Pod) -> Iterator[tuple[str, Field]]:
    for container in pod.containers:
        for variable in container.at("env").items():
            yield from _needed("ConfigMap", variable.at("valueFrom", "configMapKeyRef"))
            yield from _needed("Secret", variable.at("valueFrom", "secretKeyRef"))
        for source in container.at("envFrom").items():
            yield from _needed("ConfigMap", source.at("configMapRef"))
            yield from _needed("Secret", source.at("secretRef"))


def _needed(kind: str, source: Field, key: str = "name") -> Iterator[tuple[str, Field]]:
    if source.at("optional").value is not True:
        yield kind, source.at(key)


RULE: AnyRule = Rule(
    name="stack-no-dangling",
    description="What objects refer to by name, or select by labels, must be in the stack or be listed as elsewhere.",
    why="A Service, policy or budget that selects nothing looks like protection and is none; a pod that refers to "
    "what is missing never starts.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(
        others=(
            "kube-linter:dangling-service",
            "kube-linter:dangling-ingress",
            "kube-linter:dangling-horizontalpodautoscaler",
            "kube-linter:dangling-networkpolicy",
            "kube-linter:non-existent-service-account",
            "kube-score:service-targets-pod",
        ),
    ),
    remediation="Correct the name or the labels, add what is missing, or list it in the option elsewhere.",
    judge_stack=judge_stack,
    options={
        "elsewhere": text_list("What others make, as Kind/name; * stands for any characters.", _ELSEWHERE),
    },
)
