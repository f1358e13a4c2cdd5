"""The plugin's process."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from local.providers.kubernetes.servicer import Servicer
from local.providers.process import serve

if __name__ == "__main__":
    sys.exit(serve(sys.argv[1:], Servicer))
