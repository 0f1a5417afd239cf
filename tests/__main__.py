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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests import tiers

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))
BY_FILE = "--dist=loadgroup"  # a file to one process, the browser's to one; see tests/conftest.py
QUICK = [BY_FILE, "-m", "not browser and not kernel and not slow", "--hypothesis-profile=quick", "--quiet"]
QUICK += [f"--ignore=tests/{name}" for name in tiers.UNREAD]
# What takes long comes first. A third process made a Hub's start outlast its minute on two cores.
EVERYTHING = [BY_FILE, "--no-loadscope-reorder", "--cov", "--cov-branch"]
EVERYTHING += ["--cov-report=term:skip-covered"]
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
    return check_everything()


def check_everything() -> int:
    """Linters, then the tests, and beside them the types; in the end the names of what has failed."""
    passed = {name: told(run_check(name, command)) for name, command in linters().items()}
    passed["Chromium"] = has_a_browser()
    with ThreadPoolExecutor(max_workers=1) as beside:  # tests of kernels and browsers leave a processor idle at times
        typed = {name: beside.submit(run_check, name, command) for name, command in type_checks().items()}
        try:
            passed["pytest"] = run_pytest(EVERYTHING) == 0
        except KeyboardInterrupt:
            beside.shutdown(wait=False, cancel_futures=True)
            raise
    passed |= {name: told(check.result()) for name, check in typed.items()}
    failed = [name for name, well in passed.items() if not well]
    if failed:
        print(f"Failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def linters() -> dict[str, list[str]]:
    """The checks that read the sources, in order."""
    return {
        "ruff format": [sys.executable, "-m", "ruff", "format", "--check", "."],
        "ruff check": [sys.executable, "-m", "ruff", "check", "."],
        "import-linter": [str(SCRIPTS / "lint-imports"), "--no-logo"],
    }


def type_checks() -> dict[str, list[str]]:
    """The types, for each system with a cache of its own: one for all would be made anew three times a run."""
    mypy = [sys.executable, "-m", "mypy"]
    elsewhere = [*mypy, "--package", "zbt_notebook", "--cache-dir"]
    return {
        "mypy": mypy,
        "mypy, Windows": [*elsewhere, ".mypy_cache/win32", "--platform", "win32"],
        "mypy, macOS": [*elsewhere, ".mypy_cache/darwin", "--platform", "darwin"],
    }


def run_check(name: str, command: list[str]) -> tuple[bool, str]:
    """Run one check: whether it passed; a line that says so, and below it what it printed where it did not."""
    begun = time.monotonic()
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    passed = done.returncode == 0
    line = f"{name:<14} {'passed' if passed else 'FAILED'}  {time.monotonic() - begun:5.1f} s"
    return passed, line if passed else f"{line}\n{done.stdout}"


def told(result: tuple[bool, str]) -> bool:
    """Print how a check went; whether it passed."""
    passed, words = result
    print(words, flush=True)
    return passed


def has_a_browser() -> bool:
    """Find the browser, or install it; its tests are never skipped."""
    from tests.browser import chromium

    found = chromium.find() is not None or chromium.install()
    if not found:
        print("No Chromium, and none could be installed: the browser tests will fail.", flush=True)
    return found


def run_pytest(arguments: list[str]) -> int:
    """Run tests, in two processes unless told otherwise; a choice that matches no test has not failed."""
    command = [sys.executable, "-m", "pytest", "--numprocesses=2", *arguments]
    status = subprocess.run(command, check=False).returncode
    return 0 if status == NOTHING_COLLECTED else status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
