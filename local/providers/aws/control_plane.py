"""The control plane that a rehearsed EKS cluster answers with: a local one, whose kubeconfig a variable names.

Without it a cluster's endpoint and certificate are made up, and its node groups become no nodes.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.providers.aws import CLUSTER_VARIABLE
from local.providers.aws.failures import Refusal


@dataclass(frozen=True)
class ControlPlane:
    """What its kubeconfig says of it and of its administrator; certificates and key in PEM."""

    kubeconfig: Path
    endpoint: str
    authority: str
    certificate: str
    key: str

    @property
    def authority_data(self) -> str:
        """The certificate authority as EKS tells it: in base64."""
        return base64.b64encode(self.authority.encode()).decode()


def given() -> ControlPlane | None:
    """The control plane of the environment; None if there is none."""
    chosen = os.environ.get(CLUSTER_VARIABLE)
    if not chosen:
        return None
    path = Path(chosen)
    try:
        document: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
        return ControlPlane(
            path,
            str(cluster["server"]),
            _text(cluster["certificate-authority-data"]),
            _text(user["client-certificate-data"]),
            _text(user["client-key-data"]),
        )
    except (OSError, yaml.YAMLError, KeyError, IndexError, TypeError, ValueError) as error:
        raise Refusal(
            f"{CLUSTER_VARIABLE} names {path}, which is no kubeconfig of one cluster with its certificates inside "
            f"({type(error).__name__}): start a local control plane, and name the kubeconfig it writes"
        ) from None


def _text(encoded: str) -> str:
    return base64.b64decode(encoded, validate=True).decode()
