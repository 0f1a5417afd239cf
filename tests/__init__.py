"""The tests; and what lets Python start quickly for them."""

import os
import sys
from pathlib import Path

BYTECODE = Path(__file__).resolve().parent.parent / ".venvs" / "bytecode"
ABSENT = Path(__file__).resolve().parent / "absent"  # modules that fail as though they were not installed

# Where nothing may be written beside the sources, it is written here: else each kernel and server compiles pandas anew.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)

# On the path of children too, by tests/conftest.py.
sys.path.insert(0, str(ABSENT))
