"""What runs an agent, as pure manifests: ServiceAccount, ConfigMap, Deployment, Service."""

from collections.abc import Mapping

from components.agent.identity import data_protection, object_labels, object_metadata, pod_selector
from components.config.agent import Agent
from components.labels import GPU, GPU_PRESENT, GPU_PRODUCT, HOST, ZONE
from components.manifest import Manifest
from components.naming import addressed
from components.team.bundle import priority_class_name

USER = 10001
"""Above 10000, so that no user of a node has the same id."""

DRAIN_SECONDS = 5
"""How long a stopping pod still answers, until no endpoint names it any more."""

STARTUP_PERIOD_SECONDS = 5


def service_account(agent: Agent) -> Manifest:
    """Return the agent's identity; it gets no token for the API server."""
    return {"metadata": object_metadata(agent), "automountServiceAccountToken": False}


def config_map(agent: Agent) -> Manifest:
    """Return the agent's environment, named by its content: a change makes a new one and rolls the pods."""
    data = {
        "AGENT_NAME": agent.name,
        "AGENT_TEAM": agent.team,
        "AGENT_VERSION": agent.spec.version,
        "PORT": str(agent.spec.port),
        **agent.spec.config,
    }
    name = addressed(f"{agent.name}-config", data)
    return {"metadata": object_metadata(agent, name), "data": data, "immutable": True}


def deployment(agent: Agent, residency: str | None = None, variables: Mapping[str, object] | None = None) -> Manifest:
    """Return the Deployment. It sets a number of pods only where no autoscaler does.

    Args:
        agent: whom it runs.
        residency: where the team's data stay; an agent of protected data declares it.
        variables: what it has to know of things outside of the cluster; values may be outputs.
    """
    startup = agent.spec.health.startup_seconds
    strategy = {"maxSurge": agent.surge, "maxUnavailable": 0 if agent.surge else 1}
    fixed = {} if agent.spec.scaling else {"replicas": agent.spec.replicas}
    return {
        "metadata": object_metadata(
            agent,
            annotations={"pulumi.com/timeoutSeconds": str(startup + 300), **data_protection(agent, residency)},
        ),
        "spec": {
            **fixed,
            "revisionHistoryLimit": 3,
            "progressDeadlineSeconds": startup + 300,
            "selector": {"matchLabels": pod_selector(agent)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": strategy},
            "template": {"metadata": {"labels": object_labels(agent)}, "spec": _pod(agent, variables or {})},
        },
    }


def service(agent: Agent) -> Manifest:
    """Return the Service. Nobody waits for its endpoints: the Deployment's readiness says the same, sooner."""
    return {
        "metadata": object_metadata(agent, annotations={"pulumi.com/skipAwait": "true"}),
        "spec": {
            "type": "ClusterIP",
            "selector": pod_selector(agent),
            "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}],
        },
    }


def service_url(agent: Agent) -> str:
    """Return where other agents reach this one."""
    return f"http://{agent.name}.{agent.team}.svc"


def _pod(agent: Agent, variables: Mapping[str, object]) -> Manifest:
    return {
        "serviceAccountName": agent.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "priorityClassName": priority_class_name(agent.team),
        "terminationGracePeriodSeconds": DRAIN_SECONDS + 30,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "topologySpreadConstraints": [_spread(agent, ZONE), _spread(agent, HOST)],
        **_gpu_placement(agent),
        "containers": [_container(agent, variables)],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}],
    }


def _container(agent: Agent, variables: Mapping[str, object]) -> Manifest:
    known = [{"name": name, "value": value} for name, value in sorted(variables.items())]
    return {
        "name": "agent",
        "image": agent.spec.image,
        "imagePullPolicy": "Always",
        "ports": [{"name": "http", "containerPort": agent.spec.port, "protocol": "TCP"}],
        "envFrom": [{"configMapRef": {"name": config_map(agent)["metadata"]["name"]}}],
        **({"env": known} if known else {}),
        "resources": _resources(agent),
        **_probes(agent),
        "lifecycle": {"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}},
        "securityContext": {
            "privileged": False,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "runAsUser": USER,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - the container's own, empty and bounded
    }


def _resources(agent: Agent) -> Manifest:
    size = agent.spec.resources
    gpus = {GPU: str(agent.spec.gpu.count)} if agent.spec.gpu else {}
    disk = {"ephemeral-storage": "512Mi"}
    return {
        "requests": {**size.requests.plain(), **disk, **gpus},
        "limits": {**size.limits.plain(), **disk, **gpus},
    }


def _probes(agent: Agent) -> Manifest:
    """Return three probes with three meanings.

    Startup lets a model load. Readiness takes a busy pod out of traffic within 15 s. Liveness restarts a process
    that answers nothing for 2 minutes, so that load alone never kills a pod.
    """
    health = agent.spec.health
    failures = -(-health.startup_seconds // STARTUP_PERIOD_SECONDS)
    return {
        "startupProbe": _probe(health.startup, STARTUP_PERIOD_SECONDS, failures),
        "readinessProbe": _probe(health.ready, period=5, failures=3),
        "livenessProbe": _probe(health.live, period=20, failures=6),
    }


def _probe(path: str, period: int, failures: int) -> Manifest:
    return {
        "httpGet": {"path": path, "port": "http"},
        "periodSeconds": period,
        "timeoutSeconds": min(period, 10),
        "failureThreshold": failures,
    }


def _spread(agent: Agent, topology: str) -> Manifest:
    return {
        "topologyKey": topology,
        "maxSkew": 1,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": pod_selector(agent)},
        "matchLabelKeys": ["pod-template-hash"],
    }


def _gpu_placement(agent: Agent) -> Manifest:
    gpu = agent.spec.gpu
    if gpu is None:
        return {}
    return {
        "nodeSelector": {GPU_PRESENT: "true", **({GPU_PRODUCT: gpu.product} if gpu.product else {})},
        "tolerations": [{"key": GPU, "operator": "Exists", "effect": "NoSchedule"}],
    }
