"""``python3 -m tests``: every check of this project, on any machine with Python, git and pip.

It makes ``.venv`` and installs Chromium where they are missing, then runs the formatter, the linters and the tests, all
of them even when one fails. What follows the command goes to pytest alone: ``python3 -m tests tests/house -k names``.
"""

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))
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
    failed = [name for name, command in linters().items() if not passes(name, command)]
    if not has_a_browser():
        failed.append("Chromium")
    if run_pytest(arguments) not in {0, NOTHING_COLLECTED}:
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
    """Run the tests in two processes, the browser's in one of them; coverage and its floor are for a whole run."""
    coverage = [] if arguments else ["--cov", "--cov-branch", "--cov-report=term:skip-covered"]
    command = [sys.executable, "-m", "pytest", "--numprocesses=2", "--dist=loadgroup", *coverage, *arguments]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
