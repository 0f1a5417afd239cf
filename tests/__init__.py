"""The tests; and where Python keeps what it has compiled for them."""

import os
import sys
from pathlib import Path

BYTECODE = Path(__file__).resolve().parent.parent / ".venvs" / "bytecode"

# Where nothing may be written beside the sources, it is written here: else each kernel and server compiles pandas anew.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
