"""A Jupyter server as a child process: started, asked for its address, stopped."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urljoin

from zbt_notebook.client.errors import ZbtError

# Defaults, which the user's own settings overrule: no question about news over the first notebook.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
START_SECONDS = 60.0
STOP_SECONDS = 10.0
_TICK = 0.1


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running server is reached, and the token that opens it."""

    url: str
    token: str = field(repr=False)

    def of(self, path: str) -> str:
        """``path`` on this server, with the token."""
        return urljoin(self.url, path) + (
            f"{'&' if '?' in path else '?'}token={quote(self.token)}" if self.token else ""
        )


class JupyterServer:
    """JupyterLab (or Notebook 7) on one folder, on a port of its own choosing, on loopback only.

    Nothing of the user's Jupyter configuration is changed. The token is the server's own, random, and never stands on a
    command line: it is read from the file that the server writes for its owner's eyes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        application: str = "jupyterlab",
        port: int = 0,
        environment: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
        log: Path,
    ) -> None:
        self.folder = folder
        self.log = log
        self._application = application
        self._port = port
        self._environment = environment or {}
        self._options = options
        self._folder = tempfile.TemporaryDirectory(prefix="zbt-notebook-server-")
        self._process: subprocess.Popen[bytes] | None = None
        self._address: Address | None = None

    @property
    def address(self) -> Address:
        """Where it is reached, once it has started."""
        if self._address is None:
            raise ZbtError("The Jupyter server has not started.", hint="Call start() first.")
        return self._address

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self, pause: Callable[[float], bool]) -> bool:
        """Start, and return True once it answers; False when ``pause(seconds)`` came back True: the wish to give up.

        Raises ZbtError where the server ends, or says nothing for a minute; its log's last lines are in the message.
        """
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  the interpreter that runs this, and a fixed module
                self._command(),
                cwd=self.folder,
                env={**os.environ, **self._environment, **self._own_folders()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for the parent, which then ends this one in order
            )
        for _ in range(round(START_SECONDS / _TICK)):
            if pause(_TICK):
                return False
            if not self.is_running:
                break
            self._address = self._find_address()
            if self._address is not None and _answers(self._address):
                return True
        raise ZbtError(f"Jupyter did not start:\n{self._end_of_log()}", hint=f"The whole log is in {self.log}.")

    def stop(self) -> None:
        """End the server and its kernels; safe to call twice."""
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _command(self) -> list[str]:
        as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        return [
            *(sys.executable, "-m", self._application),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self._port}", "--ServerApp.port_retries=0"),
            f"--ServerApp.root_dir={self.folder}",
            *as_root,
            *self._options,
        ]

    def _own_folders(self) -> dict[str, str]:
        """Where the server writes its address, and where it finds one more layer of defaults."""
        folder = Path(self._folder.name)
        defaults = folder / "config" / "labconfig" / "default_setting_overrides.json"
        defaults.parent.mkdir(parents=True, exist_ok=True)
        defaults.write_text(json.dumps(QUIET), "utf-8")
        more = os.environ.get("JUPYTER_CONFIG_PATH")
        return {
            "JUPYTER_RUNTIME_DIR": str(folder),
            "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, [str(folder / "config"), more])),
        }

    def _find_address(self) -> Address | None:
        for path in Path(self._folder.name).glob("jpserver-*.json"):
            with contextlib.suppress(ValueError, KeyError):  # half-written: the next tick reads it whole
                server: dict[str, Any] = json.loads(path.read_text("utf-8"))
                return Address(server["url"], server["token"])
        return None

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-12:])


def _answers(address: Address) -> bool:
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with straight.open(address.of("api/status"), timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004  HTTP's own number
    except OSError:
        return False
