"""Kernels of other versions of ipykernel: made when a test first asks, kept in ``.venvs`` of the checkout.

Each is a folder with that ipykernel alone, put before everything else on the kernel's path; all other packages are
those of the interpreter that runs the tests. So a version costs two seconds once, and nothing afterwards. They start
repaired: 7.1 to 7.3 lose a cell now and then by themselves, also before a test has loaded the extension.
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
REQUIREMENTS = {
    "6.31": ("ipykernel==6.31.*", "nest-asyncio>=1.4"),
    "7.1": ("ipykernel==7.1.*",),
    "7.3": ("ipykernel==7.3.*",),
}
VERSIONS = (*REQUIREMENTS, NEWEST)


def kernel_name(version: str, cache: Path = ROOT / ".venvs", *, repaired: bool = True) -> str:
    """The name of a kernelspec whose kernel has this ipykernel; installed for this test run when first asked for."""
    if version == NEWEST:
        return "python3"
    packages = prepare(f"ipykernel-{version}", REQUIREMENTS[version], cache)
    module = "tests.repaired_kernel" if repaired else "ipykernel_launcher"
    name = f"zbt-ipykernel-{version}" + ("" if repaired else "-as-it-is")
    spec = {
        "argv": [sys.executable, "-m", module, "-f", "{connection_file}"],
        "display_name": f"ipykernel {version}",
        "language": "python",
        "metadata": {"debugger": True},
        "env": {"PYTHONPATH": os.pathsep.join([str(packages), os.environ["PYTHONPATH"]])},
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
        shutil.rmtree(
            packages / "share/jupyter/kernels", ignore_errors=True
        )  # its kernelspec would go by the name of ours
        with contextlib.suppress(OSError):  # another process was quicker: its folder is as good
            packages.rename(folder)
    assert folder.is_dir()
    return folder
