"""The provider's settings: read from the engine's variables and the environment, checked, and compared."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from local.providers.kubernetes import kubeconfig
from local.providers.kubernetes.failures import Refusal, Unreachable
from local.providers.values import UNKNOWN, Object

_PREFIX = "kubernetes:config:"
_CLUSTER_KEYS = ("kubeconfig", "context", "cluster")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a provider resource says."""

    kubeconfig: str = ""
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    server_side_apply: bool = True
    patch_force: bool = False
    upsert: bool = False
    mutable_config_maps: bool = False
    mutable_secrets: bool = False
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False
    suppress_deprecation_warnings: bool = False
    qps: float = 0
    burst: int = 0
    timeout: float | None = None


def read(variables: dict[str, str]) -> Settings:
    """The settings in the engine's configuration variables; the environment fills what they leave out."""
    given = {key.removeprefix(_PREFIX): value for key, value in variables.items()}
    if given.get("renderYamlToDirectory"):
        raise Refusal(
            "renderYamlToDirectory is not supported by the offline provider: only the official kubernetes plugin "
            "renders YAML. Unset it, or install that plugin with `pulumi plugin install resource kubernetes`"
        )

    def switch(key: str, variable: str, default: bool = False) -> bool:
        value = given.get(key, os.environ.get(variable))
        return default if value is None else value == "true"

    client = _client_settings(given)
    return Settings(
        kubeconfig=given.get("kubeconfig", ""),
        context=given.get("context", ""),
        cluster=given.get("cluster", ""),
        namespace=given.get("namespace", ""),
        server_side_apply=switch("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", default=True),
        patch_force=switch("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
        upsert=switch("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
        mutable_config_maps=switch("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
        mutable_secrets=switch("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
        delete_unreachable=switch("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
        skip_update_unreachable=switch("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
        suppress_deprecation_warnings=switch("suppressDeprecationWarnings", "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS"),
        **client,
    )


def _client_settings(given: dict[str, str]) -> Any:
    """Limits of the client; unlimited unless asked for, since API servers guard themselves."""
    try:
        asked = json.loads(given.get("kubeClientSettings") or "{}")
        qps = asked.get("qps", os.environ.get("PULUMI_K8S_CLIENT_QPS"))
        burst = asked.get("burst", os.environ.get("PULUMI_K8S_CLIENT_BURST"))
        timeout = asked.get("timeout", os.environ.get("PULUMI_K8S_CLIENT_TIMEOUT"))
        return {
            "qps": float(qps or 0),
            "burst": int(burst or 0),
            "timeout": float(timeout) if timeout else None,
        }
    except (ValueError, AttributeError, TypeError) as error:
        raise Refusal(
            "kubeClientSettings must be {qps: number, burst: whole number, timeout: seconds}, "
            f"and so must PULUMI_K8S_CLIENT_QPS, _BURST and _TIMEOUT: {error}"
        ) from error


def failures(news: Object) -> list[tuple[str, str]]:
    """What is wrong with a provider's inputs: property and reason."""
    found = []
    if news.get("renderYamlToDirectory"):
        found += [
            (key, f'"{key}" arg is not compatible with "renderYamlToDirectory" arg')
            for key in ("cluster", "context")
            if news.get(key)
        ]
    elif str(news.get("alwaysRender")).lower() == "true":
        found.append(("alwaysRender", '"alwaysRender" requires "renderYamlToDirectory" to be set'))
    if str(news.get("strictMode")).lower() == "true":
        found += [
            (key, f'strict mode requires Provider "{key}" argument')
            for key in ("kubeconfig", "context")
            if not news.get(key)
        ]
    return found


def difference(olds: Object, news: Object) -> tuple[list[str], list[str]]:
    """The settings that changed, and those of them that mean another cluster, so that everything is replaced."""
    changed = sorted(key for key in {**olds, **news} if olds.get(key) != news.get(key))
    identifier = (olds.get("clusterIdentifier"), news.get("clusterIdentifier"))
    if identifier[0] == identifier[1] and identifier[1] is not None:
        return changed, []
    replaces = ["clusterIdentifier"] if all(identifier) and identifier[0] != identifier[1] else []
    unknown = [key for key in _CLUSTER_KEYS if news.get(key) is UNKNOWN]
    if unknown:
        return unknown[:1], replaces + unknown[:1]
    if "renderYamlToDirectory" in changed:
        replaces.append("renderYamlToDirectory")
    before, after = _cluster(olds), _cluster(news)
    if before is not None and after is not None and before != after:
        replaces += [key for key in _CLUSTER_KEYS if key in changed]
    return changed, replaces


def _cluster(settings: Object) -> Object | None:
    try:
        config = kubeconfig.contents(settings.get("kubeconfig"))
    except Unreachable:
        return None
    return kubeconfig.active_cluster(config, settings.get("context"), settings.get("cluster"))
