"""How soon the first table stands there after a sign-in in a cold kernel: imports made meanwhile, or afterwards."""

from __future__ import annotations

import random
import statistics
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import frames, startup

NAME = "first_table"
GOAL = "200 bugs as an HTML table at most 0.5 s after the sign-in, in a cold kernel whose user was 5 s at Zoho"

_BUGS = 200
_AT_ZOHO = 5.0  # seconds; hardly anybody reads a consent page faster
_FIRST = """
import time
from pathlib import Path
from tests.benchmarks import stand
if __name__ == "__main__":
    from zbt_notebook.client import signed_in
    from zbt_notebook.notebook.sign_in import begun
    shell.run_line_magic("load_ext", "zbt_notebook")
    path = "/portal/700200/projects/1/bugs/"
    answers = {{"/restapi" + path: Path({bugs!r}).read_bytes(), "*": stand.PORTALS}}
    with stand.serving(answers) as address, stand.connected(address) as connection:
        assert "pandas" not in sys.modules
        if {ready}:
            begun.begin(type("SignIn", (), {{}})())
        time.sleep({at_zoho})
        began = time.perf_counter()
        signed_in.register(connection)
        frame = shell.run_line_magic("zbt", "GET " + path)
        assert "<table" in shell.display_formatter.format(frame)[0]["text/html"]
        assert len(frame) == {count}
        print("figure", time.perf_counter() - began)
"""


def measure(*, rounds: int = 5) -> dict[str, Any]:
    """Give the seconds from the sign-in to the table, both ways in each round, and how many times sooner it is."""
    ways = {"imported while the user is at Zoho": True, "imported afterwards": False}
    order = random.Random(11)
    with tempfile.TemporaryDirectory() as folder:
        bugs = Path(folder, "bugs.json")
        frames.write_pages(bugs, _BUGS)

        def took(name: str) -> float:
            return startup.fresh(_FIRST.format(bugs=str(bugs), ready=ways[name], at_zoho=_AT_ZOHO, count=_BUGS))

        results = [{name: took(name) for name in order.sample(list(ways), len(ways))} for _ in range(rounds)]
    seconds = {name: statistics.median(result[name] for result in results) for name in ways}
    ready, cold = (seconds[name] for name in ways)
    return {"seconds": seconds, "times sooner": cold / ready, "met": {"first_table": ready <= 0.5}}
