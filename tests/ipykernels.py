"""Kernels of other versions of ipykernel: made when a test first asks, kept in ``.venvs`` of the checkout.

Each is a folder with that ipykernel alone, put before everything else on the kernel's path; all other packages are
those of the interpreter that runs the tests. So a version costs two seconds once, and nothing afterwards.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT

NEWEST = "newest"  # what the tests themselves run with
# What each version needs beside what is here anyway.
REQUIREMENTS = {"6.31": ("ipykernel==6.31.*", "nest-asyncio>=1.4"), "7.3": ("ipykernel==7.3.*",)}
VERSIONS = (*REQUIREMENTS, NEWEST)


def kernel_name(version: str, cache: Path = ROOT / ".venvs") -> str:
    """The name of a kernelspec whose kernel has this ipykernel; installed for this test run when first asked for."""
    if version == NEWEST:
        return "python3"
    packages = prepare(f"ipykernel-{version}", REQUIREMENTS[version], cache)
    name = f"zbt-ipykernel-{version}"
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"ipykernel {version}",
        "language": "python",
        "metadata": {"debugger": True},
        "env": {"PYTHONPATH": os.pathsep.join([str(packages), str(ROOT)])},
    }
    path = Path(os.environ["JUPYTER_DATA_DIR"], "kernels", name, "kernel.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(spec), "utf-8")
    return name


def prepare(name: str, requirements: tuple[str, ...], cache: Path) -> Path:
    """The folder of this name, whole: filled beside its place and moved there, so that a half-made one never counts."""
    folder = cache / name
    if folder.is_dir():
        return folder
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{name}.unfinished-", dir=cache, ignore_cleanup_errors=True) as place:
        packages = Path(place, "packages")
        install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"]
        command = [sys.executable, "-m", "pip", *install, "--target", str(packages), *requirements]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"
        shutil.rmtree(packages / "share", ignore_errors=True)  # its kernelspec would go by the name of ours
        with contextlib.suppress(OSError):  # another process was quicker: its folder is as good
            packages.rename(folder)
    assert folder.is_dir()
    return folder
