"""The command line: ``zbt-notebook demo``, ``zbt-notebook sandbox`` and ``zbt-notebook audit FILE…``."""

import argparse
import contextlib
import importlib.util
import json
import os
import platform
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zbt_notebook import __version__, dev_environment
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.notebook.jupyter_server import JupyterServer

if TYPE_CHECKING:
    from zbt_notebook.simulator import Sandbox

FIRST_NOTEBOOK = "00_quickstart.ipynb"
_PACKAGE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` (by default the process's own) name; the exit status."""
    words = _parser().parse_args(arguments)
    try:
        if words.command == "audit":
            return audit(words.files)
        return demo(port=words.port, browser=words.browser) if words.command == "demo" else sandbox()
    except ZbtError as error:
        print(f"{error.message}\n{error.hint}".rstrip(), file=sys.stderr)
        return 1


def demo(*, port: int = 0, browser: bool = True) -> int:
    """Serve the sandbox, and JupyterLab on the user's copy of the notebooks, until stopped; both end together."""
    dev_environment.enter("demo", module="zbt_notebook")
    if importlib.util.find_spec("jupyterlab") is None:
        raise ZbtError("The demo needs JupyterLab, which is not installed.", hint='pip install "zbt-notebook[demo]"')
    from zbt_notebook.notebook.embedded_sandbox import POLLED_EVERY
    from zbt_notebook.simulator import Sandbox

    with _until_stopped() as stop, Sandbox() as zoho:
        zoho.world.set(device_interval=POLLED_EVERY)
        folder = copy_of_the_notebooks(Path.cwd())
        jupyter = JupyterServer(
            folder,
            port=port,
            environment={"ZBT_SANDBOX": as_json(zoho), **dev_environment.import_path()},
            options=[] if browser and _has_a_screen() else ["--no-browser"],
            log=folder / ".jupyter.log",
        )
        with jupyter:
            if not jupyter.start(stop.wait):
                return 0
            first = f"lab/tree/{FIRST_NOTEBOOK}" if (folder / FIRST_NOTEBOOK).exists() else "lab"
            print(f"Your copy of the notebooks, yours to keep:    {folder}")
            print(f"A simulated Zoho answers at                   {zoho.accounts_url}")
            print(f"Open JupyterLab at                            {jupyter.address.of(first)}")
            print("Ctrl-C stops both.", flush=True)
            while jupyter.is_running and not stop.wait(0.5):
                pass
    print("\nStopped.", flush=True)
    return 0


def sandbox() -> int:
    """Serve the sandbox alone: one line of JSON says where and with which client; then until stopped."""
    from zbt_notebook.simulator import Sandbox

    with _until_stopped() as stop, Sandbox() as zoho:
        print(as_json(zoho), flush=True)
        stop.wait()
    return 0


def audit(files: Sequence[str]) -> int:
    """Report the secrets that files hold: 1 where there are any, 2 where a file cannot be read, else 0."""
    from zbt_notebook.notebook.audit import audit as audit_file

    status = 0
    for file in files:
        try:
            report = audit_file(file)
        except ZbtError as error:
            print(error, file=sys.stderr)
            status = 2
        else:
            print(report)
            status = max(status, int(bool(report)))
    return status


def as_json(zoho: "Sandbox") -> str:
    """What another process needs to sign in to this sandbox, as one line."""
    names = ("accounts_url", "api_url", "client_id", "client_secret", "redirect_uri")
    return json.dumps({name: getattr(zoho, name) for name in names})


def notebooks_folder() -> Path:
    """The notebooks that come with the package: inside it in a wheel, beside it in a checkout."""
    inside = _PACKAGE / "notebooks"
    return inside if inside.is_dir() else _PACKAGE.parent / "notebooks"


def copy_of_the_notebooks(parent: Path) -> Path:
    """The user's own copy, ``zbt-demo`` in *parent*: taken up again as it was left, and nobody deletes it.

    Notebooks that are missing there are added. Raise ZbtError where nothing can be written.
    """
    folder = parent / "zbt-demo"
    try:
        folder.mkdir(exist_ok=True)
        for notebook in notebooks_folder().glob("*.ipynb"):
            if not (folder / notebook.name).exists():
                shutil.copy(notebook, folder)
    except OSError as error:
        raise ZbtError(
            f"The notebooks cannot be copied to {folder}: {error.strerror}.",
            hint="Type the command in a folder of yours.",
        ) from error
    return folder


@contextlib.contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; the handlers that stood before come back."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _has_a_screen() -> bool:
    """Whether a browser can show a window; on a bare terminal, a text browser would take it over."""
    if platform.system() in {"Darwin", "Windows"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zbt-notebook", description="Zoho BugTracker from a notebook: a sign-in card and %%zbt."
    )
    parser.add_argument("--version", action="version", version=f"zbt-notebook {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    words = commands.add_parser("demo", help="JupyterLab on a copy of the notebooks, beside a simulated Zoho")
    words.add_argument("--port", type=int, default=0, help="the port of JupyterLab (default: a free one)")
    words.add_argument("--no-browser", dest="browser", action="store_false", help="print the address, open nothing")
    commands.add_parser("sandbox", help="the simulated Zoho alone; prints one line of JSON, serves until stopped")
    words = commands.add_parser("audit", help="report secrets in notebooks; exit status 1 where there are any")
    words.add_argument("files", nargs="+", metavar="FILE", help="a notebook, or any other file")
    return parser
