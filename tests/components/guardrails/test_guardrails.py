"""What the API server refuses in a team's namespace, whoever asks, and what it lets be."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from components.agent import network, scaling, workload
from components.config.platform import PlatformConfig
from components.config.team import Team
from components.guardrails import policies
from components.guardrails.policy import rules_of
from components.labels import TEAM, TRUST
from components.manifest import Manifest
from components.team import bundle
from tests.components.conftest import make_agent
from tests.components.guardrails.in_force import Answer, Api, in_force, wait_for

TEAM_OF_TESTS = Team.model_validate(
    {
        "name": "guarded",
        "group": "people",
        "quota": {"cpu": 10, "memory": "10Gi", "gpus": 1, "pods": 20},
        "ceiling": {"cpu": 2, "memory": "1Gi", "gpus": 1},
    }
)
_SIZES = {"requests": {"cpu": "500m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}}
AGENT = make_agent("guarded/helper", resources=_SIZES)
LATER = "guarded-later"
"""A namespace that becomes a team's when it holds workloads already."""

Change = Callable[[Manifest], object]
KINDS = ["Deployment", "Pod", "CronJob"]


def _typed(api_version: str, kind: str, manifest: Manifest) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, **manifest}


def _namespace(team: Team) -> Manifest:
    return _typed("v1", "Namespace", bundle.namespace(team, ("registry.example.com",)))


@pytest.fixture(scope="module")
def api(kubeconfig: Path, example: PlatformConfig) -> Iterator[Api]:
    """Return an API server with the guardrails in force, teams, and a namespace that is no team's yet."""
    surroundings = [
        *map(_namespace, (TEAM_OF_TESTS, *example.teams)),
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": LATER}},
        _typed("scheduling.k8s.io/v1", "PriorityClass", bundle.priority_class(TEAM_OF_TESTS)),
        _typed("v1", "ServiceAccount", workload.service_account(AGENT)),
    ]
    with in_force(kubeconfig, *surroundings) as started:
        wait_for(started, [_object(change) for change in _ONE_OF_EACH_POLICY])
        yield started


def _object(change: Change, kind: str = "Deployment") -> Manifest:
    """Return the agent's own workload, changed, as an object of a kind."""
    deployment = copy.deepcopy(workload.deployment(AGENT))
    template, metadata = deployment["spec"]["template"], deployment["metadata"]
    change(template["spec"])
    if kind == "Pod":
        return _typed("v1", "Pod", {**template, "metadata": {**template["metadata"], **metadata, "name": "probe"}})
    if kind == "CronJob":
        template["spec"]["restartPolicy"] = "Never"
        spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": template}}}
        return _typed("batch/v1", "CronJob", {"metadata": metadata, "spec": spec})
    return _typed("apps/v1", "Deployment", deployment)


def _try(api: Api, change: Change, kind: str = "Deployment") -> Answer:
    return api.apply(_object(change, kind), dry=True)


def _container(**fields: object) -> Change:
    return lambda pod: pod["containers"][0].update(fields)


def _tagged(pod: Manifest) -> None:
    pod["containers"][0]["image"] = "registry.example.com/a:latest"


_ONE_OF_EACH_POLICY: list[Change] = [
    lambda pod: pod.update(hostPID=True),
    lambda pod: pod["containers"][0].pop("resources"),
    _tagged,
    lambda pod: pod.update(serviceAccountName="default"),
    _container(env=[{"name": "PASSWORD", "value": "correct horse"}]),
    lambda pod: pod["containers"][0].pop("livenessProbe"),
    _container(imagePullPolicy="IfNotPresent"),
]


def test_every_message_begins_with_its_rule_and_says_how_to_mend_it() -> None:
    for _, policy in policies.everything():
        for check in policy["spec"]["validations"]:
            rule = check["message"].partition(":")[0]
            assert check["messageExpression"].startswith(f'"{rule}: "'), rule
            assert "Fix: " in check["messageExpression"], rule


def test_no_guardrail_is_asked_about_status_or_scale() -> None:
    for _, policy in policies.everything():
        for matched in policy["spec"]["matchConstraints"]["resourceRules"]:
            assert not [name for name in matched["resources"] if name.endswith(("/status", "/scale", "*"))]


def test_a_rule_is_held_by_one_policy_for_pods_and_one_for_other_objects_at_most() -> None:
    for some in (policies.of_pods(), policies.of_other_objects()):
        rules = [rule for policy in some for rule in rules_of(policy)]
        assert len(rules) == len(set(rules))


@pytest.mark.cluster
@pytest.mark.parametrize("kind", KINDS)
def test_an_agents_own_pods_are_admitted_without_a_warning(api: Api, kind: str) -> None:
    answer = _try(api, lambda _: None, kind)
    assert answer == (200 if answer.status == 200 else 201, "", ())


@pytest.mark.cluster
def test_all_that_the_platform_makes_for_teams_and_agents_is_admitted(api: Api, example: PlatformConfig) -> None:
    made: list[Manifest] = []
    for team in example.teams:
        made += [
            _typed("networking.k8s.io/v1", "NetworkPolicy", bundle.default_deny(team)),
            _typed("networking.k8s.io/v1", "NetworkPolicy", bundle.platform_traffic(team)),
            _typed("rbac.authorization.k8s.io/v1", "Role", bundle.reader_role(team)),
            _typed("rbac.authorization.k8s.io/v1", "RoleBinding", bundle.reader_binding(team)),
        ]
    by_reference = {agent.reference: agent for agent in example.agents}
    for agent in example.agents:
        callees = [by_reference[reference] for reference in agent.callees]
        policy = network.network_policy(agent, example.callers(agent), callees)
        made += [
            _typed("apps/v1", "Deployment", workload.deployment(agent)),
            _typed("v1", "Service", workload.service(agent)),
            _typed("v1", "ServiceAccount", workload.service_account(agent)),
            _typed("v1", "ConfigMap", workload.config_map(agent)),
            _typed("networking.k8s.io/v1", "NetworkPolicy", policy),
        ]
        if agent.spec.scaling:
            autoscaler = scaling.autoscaler(agent, agent.spec.scaling)
            made.append(_typed("autoscaling/v2", "HorizontalPodAutoscaler", autoscaler))
    answers = [api.apply(each, dry=True) for each in made]
    assert [answer for answer in answers if not answer.admitted or answer.rules] == []


@pytest.mark.cluster
@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_names_rule_container_and_fix(api: Api, kind: str) -> None:
    answer = _try(api, _tagged, kind)
    assert answer.status == 422
    assert (
        "image-digest-pinned: container agent has an image that is not pinned by digest. Fix: write" in answer.message
    )


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ({"cpu": "2001m"}, "over the ceiling of the team, which is 2."),
        ({"memory": "1025Mi"}, "over the ceiling of the team, which is 1Gi."),
        ({"nvidia.com/gpu": "2"}, "than the team's ceiling, which is 1."),
    ],
)
def test_the_ceiling_is_the_teams_own(api: Api, limit: dict[str, str], says: str) -> None:
    sizes = {"cpu": "1", "memory": "128Mi", **limit}
    answer = _try(api, _container(resources={"limits": sizes, "requests": sizes}))
    assert says in answer.message


@pytest.mark.cluster
def test_a_volume_is_named_by_its_name(api: Api) -> None:
    answer = _try(api, lambda pod: pod.update(volumes=[{"name": "tmp", "hostPath": {"path": "/a\nb"}}]))
    assert "pod-no-host-path: volume tmp is a path of the node" in answer.message


@pytest.mark.cluster
def test_what_is_advised_is_said_and_admitted(api: Api) -> None:
    answer = _try(api, _container(imagePullPolicy="IfNotPresent"))
    assert answer.admitted
    assert answer.rules == {"image-pull-always"}


@pytest.mark.cluster
def test_the_pod_identity_token_that_eks_adds_to_pods_is_admitted_in_pods_alone(api: Api) -> None:
    token = {"serviceAccountToken": {"path": "token", "audience": "pods.eks.amazonaws.com", "expirationSeconds": 86400}}

    def change(pod: Manifest) -> None:
        pod["volumes"].append({"name": "eks-pod-identity-token", "projected": {"sources": [token]}})

    assert _try(api, change, "Pod").admitted
    assert _try(api, change).rules == {"sandbox-no-projected-token"}


@pytest.mark.cluster
def test_a_replica_set_of_a_deployment_is_left_to_its_pods(api: Api) -> None:
    deployment = _object(_tagged)
    spec = {key: deployment["spec"][key] for key in ("selector", "template")}
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "helper", "uid": "1", "controller": True}
    metadata = {"name": "helper", "namespace": "guarded"}
    alone = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata, "spec": spec}
    owned = {**alone, "metadata": {**metadata, "ownerReferences": [owner]}}
    pod = _object(_tagged, "Pod")
    pod["metadata"]["ownerReferences"] = [{**owner, "kind": "ReplicaSet"}]
    assert api.apply(owned, dry=True).admitted
    assert api.apply(alone, dry=True).rules == {"image-digest-pinned"}
    assert api.apply(pod, dry=True).rules == {"image-digest-pinned"}


@pytest.mark.cluster
def test_a_debugging_container_is_held_to_the_same(api: Api) -> None:
    pod = _object(lambda _: None, "Pod")
    assert api.apply(pod).admitted
    security = pod["spec"]["containers"][0]["securityContext"]
    added = {"name": "debug", "image": "registry.example.com/debug:1", "securityContext": security}
    debugged = {**pod, "spec": {"ephemeralContainers": [added]}}
    answer = api.apply(debugged, dry=True, subresource="ephemeralcontainers")
    api.delete(pod)
    assert "container debug" in answer.message, answer


@pytest.mark.cluster
def test_a_workload_from_before_can_be_scaled_labelled_and_mended_but_not_changed(api: Api) -> None:
    old = _object(_tagged)
    old["metadata"] = {"name": "old", "namespace": LATER}
    old["spec"]["replicas"] = 0
    assert api.apply(old).admitted
    annotations = bundle.namespace(TEAM_OF_TESTS, ("registry.example.com",))["metadata"]["annotations"]
    labelled = {"name": LATER, "labels": {TEAM: "guarded"}, "annotations": annotations}
    assert api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": labelled}).admitted
    wait_for(api, [{**old, "metadata": {"name": "new", "namespace": LATER}}])

    scaled = {**copy.deepcopy(old), "metadata": {**old["metadata"], "labels": {"seen": "yes"}}}
    scaled["spec"]["replicas"] = 3
    changed, mended, distrusted = (copy.deepcopy(old) for _ in range(3))
    distrusted["spec"]["template"]["metadata"]["labels"][TRUST] = "untrusted"
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example.com/a:newest"
    mended["spec"]["template"] = workload.deployment(AGENT)["spec"]["template"]
    assert api.apply(scaled, dry=True).admitted
    assert api.apply(changed, dry=True).rules == {"image-digest-pinned"}
    assert api.apply(distrusted, dry=True).rules
    assert api.apply(mended, dry=True).admitted


@pytest.mark.cluster
def test_large_objects_are_judged_within_the_budget_of_the_api_server(api: Api) -> None:
    def many(pod: Manifest) -> None:
        [first] = pod["containers"]
        env = [{"name": f"VARIABLE_{number}", "value": "some words " * 10} for number in range(100)]
        pod["containers"] = [{**first, "name": f"agent-{number}", "env": env} for number in range(50)]
        pod["containers"][49]["image"] = "registry.example.com/a:latest"

    metadata = {"name": "large", "namespace": "guarded"}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    full = {"text": "a" * 31_990}
    texts = {f"bundle-{number}.crt": "some words " * 9_000 for number in range(10)}
    named = {**texts, "password": "some words " * 200}
    answer = _try(api, many)
    assert "image-digest-pinned: container agent-49 has" in answer.message
    assert api.apply({**config, "data": full}, dry=True).admitted
    assert api.apply({**config, "data": texts}, dry=True).admitted
    assert api.apply({**config, "data": named}, dry=True).rules == {"configmap-no-secret"}


@pytest.mark.cluster
def test_a_pod_in_the_hosts_namespaces_is_refused_by_pod_security_too(api: Api) -> None:
    answer = _try(api, lambda pod: pod.update(hostPID=True), "Pod")
    assert not answer.admitted
    assert "violates PodSecurity" in answer.message or answer.rules == {"pod-no-host-namespaces"}


@pytest.mark.cluster
def test_a_team_namespace_that_says_nothing_of_what_is_allowed_admits_no_pods(api: Api) -> None:
    other = Team.model_validate({**TEAM_OF_TESTS.plain(), "name": "unguarded"})
    namespace = _namespace(other)
    namespace["metadata"].pop("annotations")
    assert api.apply(namespace).admitted
    deployment = workload.deployment(make_agent("unguarded/helper", resources=_SIZES))
    answer = api.apply(_typed("apps/v1", "Deployment", deployment), dry=True)
    api.delete(namespace)
    assert not answer.admitted
    assert "no such key" in answer.message


@pytest.mark.cluster
def test_a_namespace_that_is_no_teams_is_left_alone(api: Api) -> None:
    metadata = {"name": "probe", "namespace": "default"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": [{"name": "c", "image": "a"}]},
    }
    assert api.apply(pod, dry=True).admitted
