"""Loopback ports of one control plane: chosen once, kept, and chosen anew only where another process took one.

Candidates lie below the range that systems hand out for outgoing connections. They come in blocks, and the state
folder decides which block is tried first, so two checkouts seldom meet and one keeps its ports after a reset.
"""

import hashlib
import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

ROLES = (
    "kube-apiserver",
    "etcd",
    "etcd-peer",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok-controller",
    "metrics-server",
)
LOOPBACK = "127.0.0.1"
FIRST, LAST, BLOCK = 20_000, 32_000, 10


def is_free(port: int) -> bool:
    """Whether this process could listen on the loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(state: Path, kept: Mapping[str, int]) -> dict[str, int]:
    """A free port for each role: the kept one where it is free, else the next free candidate."""
    chosen = {role: port for role, port in kept.items() if role in ROLES and is_free(port)}
    candidates = _candidates(state)
    for role in ROLES:
        if role not in chosen:
            chosen[role] = next(port for port in candidates if port not in chosen.values() and is_free(port))
    return {role: chosen[role] for role in ROLES}


def load(file: Path) -> dict[str, int]:
    """The kept ports, or none if the file is missing or damaged."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return {str(role): int(port) for role, port in content.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _candidates(state: Path) -> Iterator[int]:
    size = LAST - FIRST
    start = int.from_bytes(hashlib.sha256(str(state).encode()).digest()[:4], "big") * BLOCK % size
    return (FIRST + (start + step) % size for step in range(size))
