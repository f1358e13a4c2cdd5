"""The Pulumi program of a scenario's step: the resources of step.json, under a provider of its own.

It runs as the `__main__.py` of a project in a scratch folder, so it imports nothing of this repository.
"""

import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

made: "dict[str, Object]" = {}


class Object(pulumi.CustomResource):
    """Any Kubernetes object."""

    @property
    @pulumi.getter
    def metadata(self) -> Any:
        return pulumi.get(self, "metadata")


def value(given: Any) -> Any:
    """The property value that a scenario spells: `$secret` marks one, `$nameOf` takes another resource's name."""
    if isinstance(given, dict) and set(given) == {"$secret"}:
        return pulumi.Output.secret(given["$secret"])
    if isinstance(given, dict) and set(given) == {"$nameOf"}:
        return made[given["$nameOf"]].metadata["name"]
    if isinstance(given, dict):
        return {key: value(item) for key, item in given.items()}
    return [value(item) for item in given] if isinstance(given, list) else given


def options(given: dict[str, Any]) -> dict[str, Any]:
    """The resource options that a scenario spells."""
    result = dict(given)
    if "depends_on" in result:
        result["depends_on"] = [made[name] for name in result["depends_on"]]
    if "custom_timeouts" in result:
        result["custom_timeouts"] = pulumi.CustomTimeouts(**result["custom_timeouts"])
    if "aliases" in result:
        result["aliases"] = [pulumi.Alias(**alias) for alias in result["aliases"]]
    if "get" in result:
        result["id"] = result.pop("get")
    return result


def make(provider: pulumi.ProviderResource, resource: dict[str, Any]) -> None:
    """Register one resource."""
    given = options(resource.get("opts", {}))
    group, kind = resource["type"].removeprefix("kubernetes:").split(":")
    properties: dict[str, Any] = {"metadata": None}
    if "id" not in given:
        properties |= {
            "apiVersion": group.removeprefix("core/"),
            "kind": kind.removesuffix("Patch"),
            **value(resource.get("props", {})),
        }
    opts = pulumi.ResourceOptions(provider=provider, **given)
    made[resource["name"]] = Object(resource["type"], resource["name"], properties, opts)


def main() -> None:
    """Register the step's resources in order."""
    step = json.loads(Path("step.json").read_text(encoding="utf-8"))
    provider = k8s.Provider("p", **step["provider"])
    for resource in step["resources"]:
        make(provider, resource)


if __name__ == "__main__":
    main()
