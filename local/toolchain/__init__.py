"""The programs that the local cloud runs, brought into the cache folder and kept there by content.

Pulumi: a new enough `pulumi` on PATH, else the official download, else built from the pinned Go modules.
Kubernetes, etcd, kwok and metrics-server: always built from the pinned Go modules beside this file, whose `go.sum`
files hold the hash of every source; Go verifies them before it compiles. Nothing is installed elsewhere.
"""

from local.toolchain.ensure import ensure
from local.toolchain.tools import Tools

__all__ = ["Tools", "ensure"]
