"""``python3 -m tests``: every check of this project, on any machine with Python, git and pip.

::

    python3 -m tests              everything: linters, types, import contracts, all tests, coverage
    python3 -m tests quick        no browser, no kernel, nothing of tests/tiers.py: under a minute
    python3 -m tests PATH …       these tests alone; whatever follows goes to pytest

It makes ``.venv`` and installs Chromium where they are missing. All checks run, even when one of them fails.
"""

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from tests import tiers

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))
QUICK = ["-m", "not browser and not kernel and not slow", "--hypothesis-profile=quick", "--quiet"]
QUICK += [f"--ignore=tests/{name}" for name in tiers.UNREAD]
COVERED = ["--cov", "--cov-branch", "--cov-report=term:skip-covered"]
NOTHING_COLLECTED = 5  # pytest's exit status where a choice of tests matches none


def main(arguments: list[str]) -> int:
    """Run everything; the exit status is 0 when all of it passed."""
    os.chdir(ROOT)
    from zbt_notebook import dev_environment
    from zbt_notebook.client.errors import ZbtError

    try:
        dev_environment.enter("test", module="tests")
    except ZbtError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments[:1] == ["quick"]:
        return run_pytest([*QUICK, *arguments[1:]])
    if arguments:
        return run_pytest(arguments)
    failed = [name for name, command in linters().items() if not passes(name, command)]
    if not has_a_browser():
        failed.append("Chromium")
    if run_pytest(COVERED):
        failed.append("pytest")
    if failed:
        print(f"Failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def linters() -> dict[str, list[str]]:
    """The checks that read the sources, in order."""
    return {
        "ruff format": [sys.executable, "-m", "ruff", "format", "--check", "."],
        "ruff check": [sys.executable, "-m", "ruff", "check", "."],
        "mypy": [sys.executable, "-m", "mypy"],
        "mypy, Windows": [sys.executable, "-m", "mypy", "-p", "zbt_notebook", "--platform", "win32"],
        "mypy, macOS": [sys.executable, "-m", "mypy", "-p", "zbt_notebook", "--platform", "darwin"],
        "import-linter": [str(SCRIPTS / "lint-imports"), "--no-logo"],
    }


def passes(name: str, command: list[str]) -> bool:
    """Run one check; say in a line how it went, and show what it printed where it failed."""
    print(f"{name:<14} ", end="", flush=True)
    begun = time.monotonic()
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    passed = done.returncode == 0
    print(f"{'passed' if passed else 'FAILED'}  {time.monotonic() - begun:5.1f} s", flush=True)
    if not passed:
        print(done.stdout, flush=True)
    return passed


def has_a_browser() -> bool:
    """Find the browser, or install it; its tests are never skipped."""
    from tests.browser import chromium

    found = chromium.find() is not None or chromium.install()
    if not found:
        print("No Chromium, and none could be installed: the browser tests will fail.", flush=True)
    return found


def run_pytest(arguments: list[str]) -> int:
    """Run tests in two processes, the browser's in one of them; a choice that matches no test has not failed."""
    command = [sys.executable, "-m", "pytest", "--numprocesses=2", "--dist=loadgroup", *arguments]
    status = subprocess.run(command, check=False).returncode
    return 0 if status == NOTHING_COLLECTED else status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
