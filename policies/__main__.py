"""The pack's process: the engine starts it with this folder as its working directory.

The checkout goes last on the import path, so that `policies` is the package that tests import too.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from policies.pack import serve

serve()
