"""The way to a cluster in EKS: a kubeconfig that asks AWS for a token each time, so that no credential is stored."""

from typing import Any


def kubeconfig(name: str, region: str, endpoint: Any, certificate_authority: Any) -> dict[str, Any]:
    """Return the kubeconfig.

    Args:
        name: the cluster's name.
        region: its region.
        endpoint: the URL of its API server.
        certificate_authority: the certificate that signed the API server's, in base64.
    """
    command = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"]
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": endpoint, "certificate-authority-data": certificate_authority}}
        ],
        "users": [
            {
                "name": name,
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "aws",
                        "args": command,
                        "interactiveMode": "Never",
                    }
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
