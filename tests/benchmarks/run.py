"""Runs the benchmarks: ``python tests/benchmarks/run.py [--json FILE] [NAME…]``.

Every figure is a ratio against something that runs in the same rounds, or a count, or virtual time: absolute seconds of
this machine mean little on another. Without names all of them run; ``--list`` tells what there is.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def modules() -> dict[str, Any]:
    """Every module of this folder that has a NAME, a GOAL and a measure(), by name."""
    sys.path[:0] = [] if str(ROOT) in sys.path else [str(ROOT)]
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem != "run":
            module = importlib.import_module(f"tests.benchmarks.{path.stem}")
            if hasattr(module, "measure"):
                found[module.NAME] = module
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run, show, and write what was measured; 1 where a goal is missed."""
    known = modules()
    parser = argparse.ArgumentParser(prog="python tests/benchmarks/run.py", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--json", metavar="FILE", type=Path, help="write everything measured to FILE")
    parser.add_argument("--list", action="store_true", help="tell what there is, and its goals")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - set(known):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    results = {"machine": machine(), "results": {}}
    for name in asked.names or known:
        print(f"\n{name}: {known[name].GOAL}")
        if asked.list:
            continue
        began = time.monotonic()
        measured = known[name].measure()
        results["results"][name] = measured
        show(measured)
        print(f"  ({time.monotonic() - began:.0f} s)")
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1, default=str) + "\n", encoding="utf-8")
    return 1 if missed(results["results"]) else 0


def machine() -> dict[str, Any]:
    """What it was measured on; the load tells how quiet it was."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def show(measured: dict[str, Any], indent: str = "  ") -> None:
    """Print figures, a line each; what is met is marked."""
    for name, value in measured.items():
        if isinstance(value, dict):
            print(f"{indent}{name}")
            show(value, indent + "  ")
        elif isinstance(value, bool):
            print(f"{indent}{name}: {'yes' if value else 'NO'}")
        else:
            print(f"{indent}{name}: {value:.4g}" if isinstance(value, float) else f"{indent}{name}: {value}")


def missed(results: Any, path: str = "") -> list[str]:
    """Where something called ``met`` is false."""
    if not isinstance(results, dict):
        return [path] if results is False else []
    found = []
    for name, value in results.items():
        if isinstance(value, dict) or name == "met" or path.endswith("met"):
            found += missed(value, f"{path}.{name}")
    return found


if __name__ == "__main__":
    sys.exit(main())
