"""Bootstraps to test: made with a few words, in a cloud of their own, and judged as their own project is."""

import json
import warnings
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.bootstrap.component import Bootstrap
from components.config.bootstrap import BootstrapSettings
from policies.dispatcher import Diagnostic
from tests.components import aws_recording
from tests.components.aws_recording import ROOT, Cloud, Registered, recording, run

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # classes of the SDK warn of themselves when they are loaded
    import pulumi_aws as aws

    _LOADED = aws.s3.Bucket

FOLDER = ROOT / "bootstrap"
PACK_SETTINGS = FOLDER / "policies.json"


def written(**changes: Any) -> dict[str, Any]:
    """Return the settings of production as people write them; None removes one."""
    base = yaml.safe_load((FOLDER / "Pulumi.prod.yaml").read_text())["config"]["agent-platform:bootstrap"]
    return {key: value for key, value in {**base, **changes}.items() if value is not None}


def github(**changes: Any) -> dict[str, Any]:
    """Return what production's settings say of GitHub, changed."""
    return {**written()["github"], **changes}


def settings(**changes: Any) -> BootstrapSettings:
    return BootstrapSettings.model_validate(written(**changes))


def made_with(bootstrap: BootstrapSettings, *, preview: bool = False) -> Cloud:
    """Make a bootstrap in a cloud of its own, and return that."""

    def program(opts: pulumi.ResourceOptions) -> None:
        Bootstrap("bootstrap", bootstrap, opts)

    with recording(preview=preview) as cloud:
        run(program)
    return cloud


def judged(cloud: Cloud, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Diagnostic]:
    """Return what the pack says under the settings of production and the project's own."""
    config = json.loads((ROOT / "policies/config.prod.json").read_text())
    for rule, options in json.loads(PACK_SETTINGS.read_text()).items():
        config[rule] = {**config.get(rule, {}), **options}
    (folder / "policies").mkdir()
    (folder / "policies/config.bootstrap.json").write_text(json.dumps(config))
    with monkeypatch.context() as patch:
        patch.setattr(aws_recording, "ROOT", folder)
        return aws_recording.judged(cloud, "bootstrap")


def document(registered: Registered, key: str = "policy") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(registered.inputs[key])
    return found
