"""G2 and G3: what %load_ext costs in a fresh process, and what %zbt adds to a call; beside JupySQL where it is."""

from __future__ import annotations

import importlib.util
import random
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

NAME = "startup"
GOAL = (
    "%load_ext zbt_notebook in at most 10 ms and 0.02 of %load_ext sql; "
    "%zbt adds to a call at most a tenth of what %sql adds to one, both measured here"
)

_ROOT = Path(__file__).parents[2]
_SHELL = """
import statistics, sys, time
sys.path.insert(0, {root!r})
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
def cpu(way, calls=1):
    began = time.process_time()
    for _ in range(calls):
        way()
    return (time.process_time() - began) / calls
"""
_LOAD = "print('figure', (cpu(lambda: shell.run_line_magic('load_ext', {name!r})) * 1e3))"
_ZBT = """
import contextlib, io
from tests.benchmarks import stand
from zbt_notebook.client import signed_in
if __name__ == "__main__":
    shell.run_line_magic("load_ext", "zbt_notebook")
    with stand.serving({"*": stand.PORTALS}) as address, stand.connected(address) as connection:
        signed_in.register(connection)
        direct = lambda: connection.get("/portals/")
        magic = lambda: shell.run_line_magic("zbt", "GET /portals/ --json")
        direct(), magic()
        pairs = [(cpu(magic, 20), cpu(direct, 20)) for _ in range(31)]
        print("figure", (statistics.median(a - b for a, b in pairs) * 1e6))
"""
_SQL = """
import duckdb, warnings
warnings.simplefilter("ignore")
import contextlib, io, os
os.environ["PLOOMBER_STATS_ENABLED"] = "false"
shell.run_line_magic("load_ext", "sql")
base = duckdb.connect()
with contextlib.redirect_stdout(io.StringIO()):
    shell.user_ns["base"] = base
    shell.run_line_magic("sql", "base --alias base")
    shell.run_line_magic("config", "SqlMagic.feedback = 0")
    direct = lambda: base.execute("select 1").fetchall()
    magic = lambda: shell.run_line_magic("sql", "select 1")
    direct(), magic()
    pairs = [(cpu(magic, 20), cpu(direct, 20)) for _ in range(31)]
print("figure", (statistics.median(a - b for a, b in pairs) * 1e6))
"""


def measure(*, rounds: int = 7) -> dict[str, Any]:
    """Give milliseconds of CPU to load, microseconds of CPU that a magic adds; ratios where the peer is there."""
    ways = {"zbt_notebook": _LOAD.format(name="zbt_notebook")}
    if importlib.util.find_spec("sql") and importlib.util.find_spec("duckdb"):
        ways["sql"] = _LOAD.format(name="sql")
    order = random.Random(7)
    results = [{name: fresh(ways[name]) for name in order.sample(list(ways), len(ways))} for _ in range(rounds)]
    load = {name: statistics.median(result[name] for result in results) for name in ways}
    adds = {"%zbt": fresh(_ZBT)} | ({"%sql": fresh(_SQL)} if "sql" in ways else {})
    measured: dict[str, Any] = {"%load_ext, ms": load, "added to a call, µs": adds}
    met = {"load": load["zbt_notebook"] <= 10}
    if "sql" in ways:
        measured["%load_ext, ratio"] = statistics.median(result["zbt_notebook"] / result["sql"] for result in results)
        measured["added, ratio"] = adds["%zbt"] / adds["%sql"]
        met |= {"load_ratio": measured["%load_ext, ratio"] <= 0.02, "added_ratio": measured["added, ratio"] <= 0.1}
    else:
        measured["peer"] = "JupySQL is not installed: pip install zbt-notebook[bench]"
    return measured | {"met": met}


def fresh(code: str) -> float:
    """Run code in a process of its own; it prints a figure."""
    script = _SHELL.format(root=str(_ROOT)) + code
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], check=False, capture_output=True, text=True, cwd=_ROOT
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return float(next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("figure ")))
