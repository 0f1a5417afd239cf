"""The tests; and what lets Python start quickly for them."""

import os
import sys
from pathlib import Path

BYTECODE = Path(__file__).resolve().parent.parent / ".venvs" / "bytecode"
# Has a server and its kernels not write down which lines they run: that takes half as long again, and kernels run the
# same lines in tests/kernel.
NO_COVERAGE = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
ABSENT = Path(__file__).resolve().parent / "absent"  # modules that fail as though they were not installed

# Where nothing may be written beside the sources, it is written here: else each kernel and server compiles pandas anew.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)

# On the path of children too, by tests/conftest.py.
sys.path.insert(0, str(ABSENT))
