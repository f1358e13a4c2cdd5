"""The page about what agents use: its examples work, and it says what there is."""

import re
from pathlib import Path
from typing import Any

import yaml

from components.config.load import ROOT
from tests.components.identity.making import SERVICES, read
from tests.components.identity.test_grants import service

PAGE = (ROOT / "docs/uses.md").read_text(encoding="utf-8")


def examples() -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)]


def test_the_examples_of_the_page_work(tmp_path: Path) -> None:
    agent, network, settings = examples()
    secrets = [{**each, "team": "storefront"} for each in settings["agent-platform:secrets"]]
    config = read(tmp_path, {"storefront/support-bot": agent["uses"]}, services=SERVICES, secrets=secrets)
    assert len(config.agents[0].uses("prod")) == len(agent["uses"])
    assert set(network["network"]["gatewayCidrs"]) == {"s3"}


def test_the_page_names_every_variable_of_every_service() -> None:
    for kind in {each["kind"] for each in SERVICES}:
        for name in service(kind).variables:
            assert name.removeprefix("THING") in PAGE, name
