"""The admin kubeconfig, and the one question that needs no client: does the API server answer?"""

import base64
import os
import ssl
import urllib.error
import urllib.request
from pathlib import Path

import yaml

from local.control_plane.ports import LOOPBACK

CONTEXT = "agent-platform-local"


def write_kubeconfig(target: Path, port: int, pki: Path) -> None:
    """A self-contained kubeconfig, readable by its owner only, replaced in one step."""
    cluster = {"server": server(port), "certificate-authority-data": _encoded(pki / "ca.crt")}
    user = {
        "client-certificate-data": _encoded(pki / "admin.crt"),
        "client-key-data": _encoded(pki / "admin.key"),
    }
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": CONTEXT,
        "clusters": [{"name": CONTEXT, "cluster": cluster}],
        "users": [{"name": CONTEXT, "user": user}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
    }
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        yaml.safe_dump(document, file, sort_keys=False)
    draft.replace(target)


def server(port: int) -> str:
    """The API server's address."""
    return f"https://{LOOPBACK}:{port}"


def is_ready(port: int, pki: Path) -> bool:
    """Whether the API server reports itself ready."""
    try:
        return _get(port, pki, "/readyz") == "ok"
    except (OSError, urllib.error.URLError, ValueError):
        return False


def _get(port: int, pki: Path, path: str) -> str:
    context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
    context.load_cert_chain(str(pki / "admin.crt"), str(pki / "admin.key"))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(f"{server(port)}{path}", timeout=5) as response:
        return str(response.read().decode())


def _encoded(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
