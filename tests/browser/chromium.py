"""The one place that knows which browser the tests drive."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
_APT = (("apt-get", "update"), ("apt-get", "install", "--yes", "chromium"))


def find() -> Path | None:
    """The browser on this machine: one on the PATH, else the one that Playwright downloaded, else None."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def install() -> bool:
    """Install one: by apt for root, else (or where apt fails) by Playwright's own download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if all(subprocess.run(command, check=False, env=quiet).returncode == 0 for command in _APT):
            return find() is not None
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find() is not None
