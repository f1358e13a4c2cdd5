"""The cluster to talk to: a kubeconfig's path or contents, or what the environment has, with the overrides."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml
from kubernetes.client.configuration import Configuration
from kubernetes.config import incluster_config, kube_config
from kubernetes.config.config_exception import ConfigException

from local.providers.kubernetes.failures import Unreachable
from local.providers.values import Object


def contents(given: Any) -> Object:
    """The kubeconfig as a map; `given` is a path, text in YAML or JSON, a map, or nothing."""
    if isinstance(given, dict):
        return given
    if not isinstance(given, str) or not given:
        return {}
    path = _path(given)
    try:
        parsed = yaml.safe_load(path.read_text() if path else given)
    except (OSError, yaml.YAMLError) as error:
        raise Unreachable(f"the kubeconfig can't be read: {type(error).__name__}") from error
    if not isinstance(parsed, dict):
        raise Unreachable("the kubeconfig is neither the path of a file nor a kubeconfig's contents")
    return parsed


def _path(given: str) -> Path | None:
    """The file that `given` names, if it names one."""
    if "\n" in given or len(given) > 4096:
        return None
    path = Path(given).expanduser()
    return path if path.is_file() else None


def ambient() -> list[Path]:
    """The kubeconfig files of $KUBECONFIG, or ~/.kube/config, that are there."""
    places = os.environ.get("KUBECONFIG") or "~/.kube/config"
    return [path for place in places.split(os.pathsep) if (path := Path(place).expanduser()).is_file()]


def find(entries: Any, name: Any, part: str) -> Object | None:
    """The named entry of a kubeconfig's list."""
    for entry in entries or []:
        if isinstance(entry, dict) and entry.get("name") == name:
            found = entry.get(part)
            return found if isinstance(found, dict) else None
    return None


def active_cluster(config: Object, context: str | None, cluster: str | None) -> Object | None:
    """The cluster a kubeconfig points to: what tells whether a provider moved to another one."""
    active = find(config.get("contexts"), context or config.get("current-context"), "context")
    return find(config.get("clusters"), cluster or active.get("cluster"), "cluster") if active else None


def load(given: Any, context: str, cluster: str) -> tuple[Configuration, str]:
    """The client's configuration, and the context's namespace."""
    if not given:
        files = ambient()
        if len(files) > 1:
            return _merged(files, context, cluster)
        given = str(files[0]) if files else None
    if not given:
        return _in_cluster(Configuration())
    path = _path(given) if isinstance(given, str) else None
    return _single(contents(given), str(path.parent) if path else None, context, cluster)


def _single(config: Object, base: str | None, context: str, cluster: str) -> tuple[Configuration, str]:
    name = context or config.get("current-context")
    active = find(config.get("contexts"), name, "context")
    if active is None:
        raise Unreachable(f"the kubeconfig has no context {name!r}")
    if cluster:
        active["cluster"] = cluster
    configuration = Configuration()
    try:
        loader = kube_config.KubeConfigLoader(config_dict=config, active_context=name, config_base_path=base)  # type: ignore[no-untyped-call]
        loader.load_and_set(configuration)  # type: ignore[no-untyped-call]
    except ConfigException as error:
        raise Unreachable(f"the kubeconfig can't be used: {error}") from error
    return configuration, str(active.get("namespace") or "default")


def _merged(files: list[Path], context: str, cluster: str) -> tuple[Configuration, str]:
    if cluster:
        raise Unreachable(
            "`cluster` can't be chosen among several files of KUBECONFIG: set the provider's `kubeconfig`"
        )
    configuration, places = Configuration(), os.pathsep.join(map(str, files))
    try:
        kube_config.load_kube_config(places, context or None, configuration)  # type: ignore[no-untyped-call]
        contexts, active = kube_config.list_kube_config_contexts(places)  # type: ignore[no-untyped-call]
    except ConfigException as error:
        raise Unreachable(f"the files of KUBECONFIG can't be used: {error}") from error
    chosen = next((entry for entry in contexts if entry["name"] == context), active)
    return configuration, str(chosen["context"].get("namespace") or "default")


def _in_cluster(configuration: Configuration) -> tuple[Configuration, str]:
    try:
        incluster_config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    except ConfigException as error:
        raise Unreachable(
            "there is no kubeconfig: set the provider's `kubeconfig`, or KUBECONFIG, or make ~/.kube/config"
        ) from error
    place = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
    return configuration, place.read_text().strip() if place.is_file() else "default"
