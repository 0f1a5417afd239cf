"""The tests; and what lets Python start quickly for them."""

import os
import sys
from pathlib import Path

BYTECODE = Path(__file__).resolve().parent.parent / ".venvs" / "bytecode"

# Where nothing may be written beside the sources, it is written here: else each kernel and server compiles pandas anew.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)

# jsonschema does without it, and no test needs its IRIs; its import makes a parser of a grammar, which takes seconds.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # so an import fails, as where it is not installed
