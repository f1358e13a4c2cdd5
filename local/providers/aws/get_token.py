"""Stands in for `aws eks get-token`: the credentials of the control plane that a rehearsed cluster answers with."""

from __future__ import annotations

import argparse
import json
import sys
from typing import NoReturn

from local.providers.aws import CLUSTER_VARIABLE, control_plane, settings
from local.providers.aws.control_plane import ControlPlane
from local.providers.aws.failures import Refusal
from local.providers.aws.inventory import Inventory

API = "client.authentication.k8s.io/v1beta1"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sys.stderr.write(
            f"this is the `aws` of a rehearsal, which answers `aws eks get-token --cluster-name NAME` only: {message}\n"
        )
        sys.exit(2)


def main(arguments: list[str]) -> int:
    """Print an ExecCredential; the exit code is 254 for a cluster that is not there, as with the real command."""
    parser = _Parser(prog="aws", add_help=False)
    parser.add_argument("--region")
    parser.add_argument("--output")
    parser.add_argument("service", choices=["eks"])
    parser.add_argument("command", choices=["get-token"])
    parser.add_argument("--cluster-name", required=True)
    options = parser.parse_args(arguments)
    try:
        plane = _enter(options.cluster_name)
    except Refusal as error:
        sys.stderr.write(f"{error}\n")
        return 254
    status = {"clientCertificateData": plane.certificate, "clientKeyData": plane.key}
    sys.stdout.write(json.dumps({"apiVersion": API, "kind": "ExecCredential", "status": status}) + "\n")
    return 0


def _enter(name: str) -> ControlPlane:
    with Inventory(settings.folder()).transaction() as transaction:
        cluster = transaction.get("aws:eks/cluster:Cluster", name)
    plane = control_plane.given()
    if cluster is None:
        raise Refusal(f"ResourceNotFoundException: No cluster found for name: {name}.")
    if plane is None:
        raise Refusal(f"the cluster has no control plane to enter: set {CLUSTER_VARIABLE} to a local one's kubeconfig")
    return plane
