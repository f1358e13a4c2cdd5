"""What holds for every platform rule that looks at a whole stack: no input makes it raise, waver or tell a secret."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.dispatcher import Dispatcher
from policies.rule import Resource
from policies.rules import RULES
from policies.unknowns import UNKNOWN, Opaque, Secret
from tests.policies.manifests import resource, stack_of

HIDDEN = "correct-horse-battery"
TOKENS = (
    *("apps/v1:Deployment", "apps/v1:DaemonSet", "batch/v1:CronJob", "core/v1:Service", "core/v1:ServiceAccount"),
    *("core/v1:Namespace", "core/v1:List", "core/v1:ResourceQuota", "core/v1:LimitRange", "core/v1:ConfigMapList"),
    *("networking.k8s.io/v1:NetworkPolicy", "networking.k8s.io/v1:Ingress", "policy/v1:PodDisruptionBudget"),
    *("autoscaling/v2:HorizontalPodAutoscaler", "keda.sh/v1alpha1:ScaledJob", "karpenter.sh/v1:NodePool"),
    *("rbac.authorization.k8s.io/v1:RoleBinding", "gateway.networking.k8s.io/v1:HTTPRoute", "helm.sh/v3:Release"),
)
KINDS = (
    *(f"kubernetes:{token}" for token in TOKENS),
    *("aws:eks/nodeGroup:NodeGroup", "aws:eks/podIdentityAssociation:PodIdentityAssociation"),
)
KEYS = st.sampled_from(
    [
        *("metadata", "spec", "name", "namespace", "labels", "annotations", "template", "selector", "matchLabels"),
        *("matchExpressions", "key", "operator", "values", "podSelector", "policyTypes", "ingress", "egress", "limits"),
        *("containers", "initContainers", "resources", "requests", "cpu", "replicas", "minAvailable", "maxUnavailable"),
        *("scaleTargetRef", "kind", "rules", "backendRefs", "http", "paths", "backend", "service", "subjects"),
        *("serviceAccountName", "volumes", "configMap", "env", "valueFrom", "envFrom", "hard", "items", "apiVersion"),
        *("agent-platform.dev/team", "app.kubernetes.io/component", "eks.amazonaws.com/role-arn", "roleArn"),
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([UNKNOWN, Opaque(), "agent", "web", "In", "Ingress", "50%", "Deployment", "v1", HIDDEN]),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5), st.builds(Secret, inner)
    ),
    max_leaves=20,
)
POD = st.fixed_dictionaries({"metadata": TREES, "spec": st.dictionaries(KEYS, TREES, max_size=5)})
OBJECTS = st.fixed_dictionaries(
    {
        "metadata": st.fixed_dictionaries(
            {"name": TREES, "namespace": st.sampled_from(["a", "b", UNKNOWN]), "labels": TREES}
        ),
        "spec": st.one_of(TREES, st.fixed_dictionaries({"template": POD, "replicas": TREES, "selector": TREES})),
    }
)
STACKS = st.lists(st.builds(resource, st.one_of(TREES, OBJECTS), st.sampled_from(KINDS), st.just("web")), max_size=5)
STACK_RULES = tuple(rule for rule in RULES if rule.judge_stack is not None and rule.name.startswith("stack-"))


def told(resources: list[Resource]) -> list[str]:
    return [found.message for found in Dispatcher(STACK_RULES).evaluate_stack(stack_of(*resources))]


@given(resources=STACKS)
@settings(max_examples=150, deadline=None)
def test_no_stack_makes_any_rule_raise_or_waver(resources: list[Resource]) -> None:
    first = told(resources)
    assert told(resources) == first
    assert not any("the rule itself failed" in text for text in first)


def hidden(value: Any) -> Any:
    """The same tree with every text in it secret and telling."""
    if isinstance(value, dict):
        return {key: hidden(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [hidden(inner) for inner in value]
    if isinstance(value, Secret):
        return Secret(hidden(value.value))
    return Secret(HIDDEN) if isinstance(value, str) else value


@given(resources=STACKS)
@settings(max_examples=100, deadline=None)
def test_no_secret_of_a_stack_is_ever_printed(resources: list[Resource]) -> None:
    secret = [each._replace(properties=hidden(each.properties)) for each in resources]
    assert not any(HIDDEN in text for text in told(secret))
