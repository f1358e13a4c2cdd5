"""stack-no-dangling: references by name and by labels."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import LISTS, container, resource, spec, stack_messages
from tests.policies.rules.stack.builders import LABELS, SELECTS_WEB, deployment, listed, made, policy

RULE = "stack-no-dangling"
ACCOUNT = made("core/v1:ServiceAccount")
BASE = [deployment(), ACCOUNT]
NONE = {"app": "gone"}


def service(selector: Any = LABELS, **rest: Any) -> Resource:
    return made("core/v1:Service", **rest, spec={"selector": selector})


def budget(selector: Any = SELECTS_WEB) -> Resource:
    return made("policy/v1:PodDisruptionBudget", spec={"selector": selector})


SELECTING = [
    (service, LABELS, NONE),
    (budget, SELECTS_WEB, {"matchLabels": NONE}),
    (lambda selector: policy(podSelector=selector), SELECTS_WEB, {"matchLabels": NONE}),
]


@pytest.mark.parametrize(("make", "good", "bad"), SELECTING)
def test_a_selector_that_selects_nothing_is_refused(make: Any, good: Any, bad: Any) -> None:
    assert stack_messages(RULE, *BASE, make(good)) == []
    (message,) = stack_messages(RULE, *BASE, make(bad))
    assert "elector selects no pod of this stack" in message
    assert stack_messages(RULE, *BASE, make(None)) == []
    assert stack_messages(RULE, *BASE, make({})) == []


@pytest.mark.parametrize(("make", "good", "bad"), SELECTING)
def test_an_unknown_selector_is_not_judged(make: Any, good: Any, bad: Any) -> None:
    (message,) = stack_messages(RULE, *BASE, make(UNKNOWN))
    assert message.startswith("could not judge 1 value")


@pytest.mark.parametrize(
    "key",
    [
        *("pod-template-hash", "controller-revision-hash", "controller-uid", "job-name"),
        *("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "batch.kubernetes.io/job-name"),
    ],
)
def test_labels_that_controllers_add_are_not_looked_for(key: str) -> None:
    assert stack_messages(RULE, *BASE, service({key: "x"})) == []
    assert stack_messages(RULE, *BASE, budget({"matchLabels": {key: "x"}})) == []
    assert (
        stack_messages(RULE, *BASE, budget({"matchExpressions": [{"key": key, "operator": "In", "values": ["x"]}]}))
        == []
    )


def test_pods_of_another_namespace_are_not_selected() -> None:
    other = [deployment("api", "media", NONE), made("core/v1:ServiceAccount", namespace="media")]
    (message,) = stack_messages(RULE, *BASE, *other, service(NONE))
    assert "selects no pod" in message


def test_nothing_is_judged_where_the_stack_makes_no_pods() -> None:
    alone = [service(NONE), budget({"matchLabels": NONE}), policy(podSelector={"matchLabels": NONE})]
    assert stack_messages(RULE, *alone) == []
    elsewhere = [deployment(namespace="media"), made("core/v1:ServiceAccount", namespace="media")]
    assert stack_messages(RULE, *alone, *elsewhere) == []


@pytest.mark.parametrize("kind", ["postgresql.cnpg.io/v1:Cluster", "agents.x-k8s.io/v1alpha1:Sandbox"])
def test_custom_resources_may_make_pods_with_labels_that_nobody_sees(kind: str) -> None:
    assert stack_messages(RULE, *BASE, made(kind, spec={}), service(NONE)) == []
    assert len(stack_messages(RULE, *BASE, made(kind, namespace="media", spec={}), service(NONE))) == 1


@pytest.mark.parametrize(
    "kind",
    [
        "bitnami.com/v1alpha1:SealedSecret",
        "cert-manager.io/v1:Certificate",
        "cilium.io/v2:CiliumNetworkPolicy",
        "external-secrets.io/v1:ExternalSecret",
        "gateway.networking.k8s.io/v1:Gateway",
        "keda.sh/v1alpha1:TriggerAuthentication",
        "kyverno.io/v1:Policy",
        "monitoring.coreos.com/v1:ServiceMonitor",
    ],
)
def test_custom_resources_that_make_no_pods_change_nothing(kind: str) -> None:
    assert len(stack_messages(RULE, *BASE, made(kind), service(NONE))) == 1


@pytest.mark.parametrize(
    ("properties", "count"),
    [({"namespace": "storefront"}, 0), ({"namespace": UNKNOWN}, 0), ({"namespace": "media"}, 2), ({}, 2)],
)
def test_nothing_is_judged_where_a_release_makes_objects(properties: Any, count: int) -> None:
    release = resource(properties, "kubernetes:helm.sh/v3:Release", "release")
    pods = deployment(pod=spec(serviceAccountName="gone"))
    assert len(stack_messages(RULE, pods, release, service(NONE))) == count


def test_a_release_without_a_namespace_is_in_the_default_one() -> None:
    release = resource({}, "kubernetes:helm.sh/v3:Release", "release")
    pods = deployment(namespace=None, pod=spec(serviceAccountName="gone"))
    assert stack_messages(RULE, pods, release) == []
    assert len(stack_messages(RULE, pods)) == 1


def secrets_and_maps(name: str, **optional: Any) -> list[tuple[str, dict[str, Any]]]:
    key = {"name": name, "key": "k", **optional}
    ref = {"name": name, **optional}
    return [
        ("ConfigMap", {"volumes": [{"name": "v", "configMap": ref}]}),
        ("ConfigMap", {"volumes": [{"name": "v", "projected": {"sources": [{"configMap": ref}]}}]}),
        ("Secret", {"volumes": [{"name": "v", "secret": {"secretName": name, **optional}}]}),
        ("Secret", {"volumes": [{"name": "v", "projected": {"sources": [{"secret": ref}]}}]}),
        *(
            (kind, {where: [{**container(), **content}]})
            for where in LISTS
            for kind, content in (
                ("ConfigMap", {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": key}}]}),
                ("Secret", {"env": [{"name": "A", "valueFrom": {"secretKeyRef": key}}]}),
                ("ConfigMap", {"envFrom": [{"configMapRef": ref}]}),
                ("Secret", {"envFrom": [{"secretRef": ref}]}),
            )
        ),
    ]


@pytest.mark.parametrize(
    ("kind", "pod"),
    [
        ("ServiceAccount", {"serviceAccountName": "gone"}),
        ("Secret", {"imagePullSecrets": [{"name": "gone"}]}),
        ("PersistentVolumeClaim", {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "gone"}}]}),
        *secrets_and_maps("gone"),
    ],
)
def test_what_a_pod_refers_to_must_be_there(kind: str, pod: Any) -> None:
    stack = [deployment(pod=spec(**pod)), ACCOUNT]
    (message,) = stack_messages(RULE, *stack)
    assert f'is "gone", and this stack has no such {kind} in that namespace' in message
    assert stack_messages(RULE, *stack, made(f"core/v1:{kind}", "gone")) == []
    assert len(stack_messages(RULE, *stack, made(f"core/v1:{kind}", "gone", "media"))) == 1
    assert stack_messages(RULE, *stack, elsewhere=[f"{kind}/go*"]) == []
    assert len(stack_messages(RULE, *stack, elsewhere=["Other/gone", f"{kind}/g"])) == 1


@pytest.mark.parametrize(("kind", "pod"), secrets_and_maps("gone", optional=True))
def test_what_is_optional_may_be_missing(kind: str, pod: Any) -> None:
    assert stack_messages(RULE, deployment(pod=spec(**pod)), ACCOUNT) == []


@pytest.mark.parametrize(("kind", "pod"), secrets_and_maps("gone", optional=False))
def test_what_is_not_optional_may_not(kind: str, pod: Any) -> None:
    assert len(stack_messages(RULE, deployment(pod=spec(**pod)), ACCOUNT)) == 1


@pytest.mark.parametrize(
    ("kind", "name"),
    [("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")],
)
def test_what_kubernetes_makes_in_every_namespace_is_there(kind: str, name: str) -> None:
    pod = {"ServiceAccount": {"serviceAccountName": name}, "ConfigMap": secrets_and_maps(name)[0][1]}[kind]
    assert stack_messages(RULE, deployment(pod=spec(**pod)), ACCOUNT) == []


@pytest.mark.parametrize(
    "maker",
    [
        made("cert-manager.io/v1:Certificate", spec={"secretName": "gone"}),
        made("external-secrets.io/v1:ExternalSecret", spec={"target": {"name": "gone"}}),
        made("external-secrets.io/v1:ExternalSecret", "gone", spec={}),
        made("bitnami.com/v1alpha1:SealedSecret", "gone"),
    ],
)
def test_a_secret_that_a_custom_resource_makes_is_there(maker: Resource) -> None:
    pod = spec(volumes=[{"name": "v", "secret": {"secretName": "gone"}}])
    assert stack_messages(RULE, deployment(pod=pod), ACCOUNT, maker) == []
    of_map = spec(volumes=[{"name": "v", "configMap": {"name": "gone"}}])
    assert len(stack_messages(RULE, deployment(pod=of_map), ACCOUNT, maker)) == 1


@pytest.mark.parametrize("kind", ["autoscaling/v2:HorizontalPodAutoscaler", "keda.sh/v1alpha1:ScaledObject"])
def test_what_is_scaled_must_be_there(kind: str) -> None:
    def scaler(**target: Any) -> Resource:
        return made(kind, spec={"scaleTargetRef": target})

    assert stack_messages(RULE, *BASE, scaler(kind="Deployment", name="web")) == []
    assert stack_messages(RULE, *BASE, scaler(name="web")) == []
    assert stack_messages(RULE, *BASE, scaler()) == []
    assert "no such Deployment" in stack_messages(RULE, *BASE, scaler(name="gone"))[0]
    assert "no such StatefulSet" in stack_messages(RULE, *BASE, scaler(kind="StatefulSet", name="web"))[0]
    (message,) = stack_messages(RULE, *BASE, scaler(kind=UNKNOWN, name="web"))
    assert message.startswith("could not judge 1 value")


def ingress(name: Any) -> list[Resource]:
    backend = {"service": {"name": name}}
    return [
        made("networking.k8s.io/v1:Ingress", spec={"defaultBackend": backend}),
        made("networking.k8s.io/v1:Ingress", spec={"rules": [{"http": {"paths": [{"backend": backend}]}}]}),
        *(
            made(f"gateway.networking.k8s.io/v1:{kind}", spec={"rules": [{"backendRefs": [{"name": name}]}]})
            for kind in ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")
        ),
    ]


@pytest.mark.parametrize("index", range(7))
def test_what_a_route_leads_to_must_be_there(index: int) -> None:
    (message,) = stack_messages(RULE, *BASE, ingress("web")[index])
    assert "no such Service" in message
    assert stack_messages(RULE, *BASE, service(), ingress("web")[index]) == []


def test_a_route_may_name_kind_and_namespace_of_what_it_leads_to() -> None:
    def route(**backend: Any) -> Resource:
        rules = [{"backendRefs": [{"name": "web", **backend}]}]
        return made("gateway.networking.k8s.io/v1:HTTPRoute", spec={"rules": rules})

    assert stack_messages(RULE, *BASE, route(kind="Deployment")) == []
    assert stack_messages(RULE, *BASE, route(namespace="media")) == []
    assert len(stack_messages(RULE, *BASE, route(namespace="storefront"))) == 1
    assert stack_messages(RULE, *BASE, route(namespace=UNKNOWN))[0].startswith("could not judge")


@pytest.mark.parametrize("kind", ["RoleBinding", "ClusterRoleBinding"])
def test_service_accounts_of_bindings_must_be_there(kind: str) -> None:
    def binding(namespace: Any = "storefront", **subject: Any) -> Resource:
        content: Any = {"roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [{"name": "gone", **subject}]}
        return made(f"rbac.authorization.k8s.io/v1:{kind}", namespace=namespace, **content)

    (message,) = stack_messages(RULE, *BASE, binding(kind="ServiceAccount", namespace="storefront"))
    assert "no such ServiceAccount" in message
    assert len(stack_messages(RULE, *BASE, binding(kind="ServiceAccount"))) == 1
    assert stack_messages(RULE, *BASE, binding(kind="ServiceAccount", name="web")) == []
    assert stack_messages(RULE, *BASE, binding(kind="Group")) == []


def test_a_service_account_of_a_namespace_without_pods_is_not_judged() -> None:
    subjects = [{"kind": "ServiceAccount", "name": "gone", "namespace": "kube-system"}]
    binding = made("rbac.authorization.k8s.io/v1:RoleBinding", subjects=subjects)
    assert stack_messages(RULE, *BASE, binding) == []


def test_a_bound_role_must_be_there() -> None:
    def binding(kind: str, name: str) -> Resource:
        return made("rbac.authorization.k8s.io/v1:RoleBinding", roleRef={"kind": kind, "name": name})

    (message,) = stack_messages(RULE, *BASE, binding("Role", "gone"))
    assert "no such Role" in message
    assert stack_messages(RULE, *BASE, binding("Role", "web"), made("rbac.authorization.k8s.io/v1:Role")) == []
    assert stack_messages(RULE, *BASE, binding("Role", "system:reader")) == []
    assert stack_messages(RULE, *BASE, binding("Role", "extension-apiserver-authentication-reader")) == []
    assert stack_messages(RULE, *BASE, binding("ClusterRole", "gone")) == []


def test_an_unknown_that_decides_is_not_judged() -> None:
    pod = spec(serviceAccountName=UNKNOWN)
    (message,) = stack_messages(RULE, deployment(pod=pod))
    assert message.startswith("could not judge 1 value of kubernetes:apps/v1:Deployment")
    maybe = made("core/v1:ServiceAccount", namespace=UNKNOWN)
    assert stack_messages(RULE, deployment(), maybe)[0].startswith("could not judge")


def test_a_name_of_the_wrong_type_is_refused_and_a_secret_one_is_not_printed() -> None:
    assert "where a name belongs" in stack_messages(RULE, deployment(pod=spec(serviceAccountName=3)))[0]
    (message,) = stack_messages(RULE, deployment(pod=spec(serviceAccountName=Secret("hush"))))
    assert "hush" not in message


def test_a_patch_refers_to_nothing_that_is_judged() -> None:
    patch = made("core/v1:ServicePatch", spec={"selector": NONE})
    assert stack_messages(RULE, *BASE, patch) == []


@pytest.mark.parametrize(("kind", "called"), [(Secret("Hush"), "object"), ("StatefulSet", "StatefulSet")])
def test_a_kind_is_named_unless_it_is_secret(kind: object, called: str) -> None:
    target = {"scaleTargetRef": {"kind": kind, "name": "lost"}}
    scaler = made("autoscaling/v2:HorizontalPodAutoscaler", spec=target)
    (message,) = (each for each in stack_messages(RULE, deployment(), scaler) if "scaleTargetRef" in each)
    assert f"this stack has no such {called} in that namespace" in message


def test_an_object_is_named_once_and_one_of_a_list_after_the_list() -> None:
    (message,) = stack_messages(RULE, *BASE, service(NONE))
    assert message.startswith('kubernetes:core/v1:Service "web": spec.selector selects no pod of this stack. Fix: ')
    (message,) = stack_messages(RULE, *BASE, listed(service(NONE)))
    assert message.startswith('kubernetes:core/v1:List "all": core/Service "web": items[0].spec.selector selects no ')
    (message,) = stack_messages(RULE, listed(deployment()))
    assert message.startswith('kubernetes:core/v1:List "all": apps/Deployment "web": pod (spec.template.spec): ')
