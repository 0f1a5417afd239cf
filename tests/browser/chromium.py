"""The one place that knows which browser the tests drive."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The first is Chromium without windows: the same engine for a fifth less processor time, and half as large.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_PACKAGES = ("chromium-headless-shell", "chromium")  # Debian's; what comes first may be unknown to an older one
_UPDATE = ("apt-get", "update")
_INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "fonts-liberation")


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
        subprocess.run(_UPDATE, check=False, env=quiet)
        if any(subprocess.run([*_INSTALL, name], check=False, env=quiet).returncode == 0 for name in _PACKAGES):
            return find() is not None
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find() is not None
