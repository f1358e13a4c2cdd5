"""Registries to test: made with a few words, in a cloud of their own."""

import json
from typing import Any

import pulumi

from components.config.registry import RegistrySettings
from components.network.place import Place
from components.registry.component import Registry
from tests.components.aws_recording import ACCOUNT, REGION, Cloud, Registered, recording, run

PIPELINE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"
NODES = f"arn:aws:iam::{ACCOUNT}:role/nodes"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
PLACE = Place("agents", ACCOUNT, REGION, ())
DIGEST = "sha256:" + "a" * 64
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/docker-hub-a1b2c3"
ELASTIC = "docker.elastic.co/kibana/kibana"


def written(**changes: Any) -> dict[str, Any]:
    """Return settings as people write them; None removes one."""
    base: dict[str, Any] = {
        "images": ["storefront/recommender", "reference"],
        "pushRoleArn": PIPELINE,
        "pullAccounts": ["210987654321"],
        "pullOrganization": "o-a1b2c3d4e5",
        "caches": [{"upstream": "quay"}, {"upstream": "docker-hub", "credential": SECRET}],
        "mirrored": [
            {"source": ELASTIC, "tag": "9.2.1", "digest": DIGEST},
            {"source": ELASTIC, "tag": "9.2.0", "digest": "sha256:" + "b" * 64},
        ],
    }
    return {key: value for key, value in {**base, **changes}.items() if value is not None}


def settings(**changes: Any) -> RegistrySettings:
    return RegistrySettings.model_validate(written(**changes))


def make(registry: RegistrySettings) -> Registry:
    def program(opts: pulumi.ResourceOptions) -> Registry:
        return Registry(
            "registry",
            registry,
            PLACE,
            cache_role_arns=[NODES],
            boundary_arn=BOUNDARY,
            protect=True,
            opts=opts,
        )

    made: Registry = run(program)
    return made


def made_with(registry: RegistrySettings, *, preview: bool = False) -> Cloud:
    """Make a registry in a cloud of its own, and return that."""
    with recording(preview=preview) as cloud:
        make(registry)
    return cloud


def document(registered: Registered, key: str = "policy") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(registered.inputs[key])
    return found
