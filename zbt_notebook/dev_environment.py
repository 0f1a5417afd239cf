"""The virtual environment of a source checkout: made, refreshed, entered.

``python3 -m zbt_notebook demo`` and ``python3 -m tests`` are typed in a fresh clone, with whatever Python the machine
has. This module gives them an interpreter that has the packages they need: ``.venv`` beside ``pyproject.toml``.
Standard library only.

uv fills it where there is one: ten times faster. Where uv cannot, pip does. Debian's Python is "externally managed"
and may come without ensurepip, so the environment is made ``--without-pip`` and filled from outside
(``pip --python``); where that cannot be, ensurepip is asked. In the end it has a pip of its own, for its user.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

from zbt_notebook.client.errors import ZbtError

if sys.platform != "win32":
    import fcntl

DISTRIBUTION = "zbt-notebook"
_BINARIES = "Scripts" if os.name == "nt" else "bin"
_BASE = getattr(sys, "_base_executable", "") or sys.executable  # the machine's Python, also where .venv's own runs this
_STATE = "zbt-notebook.json"
_INCLUDES = {"test": ("demo", "test")}  # an extra of pyproject.toml that brings others with it


def find_root() -> Path | None:
    """The checkout this package runs from, or None where it was installed from a wheel."""
    root = Path(__file__).resolve().parent.parent
    project = root / "pyproject.toml"
    return root if project.is_file() and f'name = "{DISTRIBUTION}"' in project.read_text("utf-8") else None


def enter(extra: str, *, module: str) -> None:
    """Return where this interpreter has the packages of ``extra``; else go on in the checkout's as ``-m module``.

    Outside a checkout it returns: there, what is installed is the user's business.
    """
    root = find_root()
    if root is None:
        return
    environment = Environment(root)
    if not environment.is_running and is_installed(extra):
        return
    changed = environment.prepare(extra)
    os.environ["VIRTUAL_ENV"] = str(environment.folder)  # another one may be active, and IPython would look into it
    if changed or not environment.is_running:
        _replace_process([str(environment.python), "-m", module, *sys.argv[1:]])


def is_installed(extra: str) -> bool:
    """Whether the running interpreter has this distribution and everything ``extra`` asks for."""
    try:
        return all(_is_present(name) for name in _requirements(extra))
    except metadata.PackageNotFoundError:
        return False


def import_path() -> dict[str, str]:
    """The variable by which child processes in other folders import this checkout's package; empty for a wheel."""
    root = find_root()
    before = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(root), before]))} if root else {}


@dataclass(frozen=True, slots=True)
class State:
    """What is known of an environment, kept in a file inside it."""

    root: str
    fingerprint: str = ""  # of the pyproject.toml it was filled by; empty while it is being filled
    extras: tuple[str, ...] = ()
    ours: bool = True  # made here, so it may be made anew; a user's own .venv is only added to


@dataclass(frozen=True, slots=True)
class Environment:
    """The folder ``.venv`` of the checkout at ``root``."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it lives."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / _BINARIES / ("python.exe" if os.name == "nt" else "python")

    @property
    def is_running(self) -> bool:
        """Whether this very process runs in it."""
        return Path(sys.prefix).resolve() == self.folder.resolve()

    def is_ready(self, extra: str) -> bool:
        """Whether it was filled, to the end, by the present ``pyproject.toml`` with ``extra``."""
        state = self._state()
        return (
            state is not None
            and self.python.exists()
            and state.root == str(self.root)
            and state.fingerprint == self._fingerprint()
            and extra in state.extras
        )

    def prepare(self, extra: str) -> bool:
        """Make it ready for ``extra``; True when something had to be done. Raises ZbtError where that fails."""
        if self.is_ready(extra):
            return False
        with _locked(self.root):
            if self.is_ready(extra):  # another start did it while this one waited
                return False
            self._fill(extra)
        return True

    def _fill(self, extra: str) -> None:
        state = self._state()
        if self._must_be_made_anew(state):
            _say(f"Making {self.folder}, once …")
            _run(
                [_BASE, "-m", "venv", "--without-pip", "--clear", str(self.folder)],
                "the virtual environment was not made",
            )
            state = State(str(self.root))
        else:
            _say(f"Bringing {self.folder} up to date …")
        state = state or State(str(self.root), ours=False)
        extras = tuple(sorted({*state.extras, *_INCLUDES.get(extra, (extra,))}))
        self._write(State(str(self.root), extras=state.extras, ours=state.ours))
        _say(f"Installing {', '.join(self._packages(extras))} and what they need:")
        self._install(f".[{','.join(extras)}]")
        self._write(State(str(self.root), self._fingerprint(), extras, state.ours))

    def _must_be_made_anew(self, state: State | None) -> bool:
        if not self.python.exists():
            return True
        if state is None or not state.ours:
            return False
        return not state.fingerprint or state.root != str(
            self.root
        )  # half-made, or moved: its scripts hold the old path

    def _install(self, project: str) -> None:
        """Install the checkout with its extras, by uv or else by pip; raise ZbtError where neither can."""
        own_pip = [] if _works([str(self.python), "-m", "pip", "--version"]) else ["pip"]
        wanted = [*own_pip, "--editable", project]
        uv = shutil.which("uv")
        if uv:
            if _succeeds([uv, "pip", "install", "--python", str(self.python), *wanted], cwd=self.root):
                return
            _say("uv cannot; pip is asked instead.")
        pip = self._pip()
        if own_pip and _works([str(self.python), "-m", "ensurepip", "--default-pip"]):  # needs no network
            wanted = wanted[1:]
        # Compiling all that is installed takes a third of the time; Python compiles what is imported.
        install = ["install", "--disable-pip-version-check", "--progress-bar", "off", "--no-compile", *wanted]
        if not _succeeds([*pip, *install], cwd=self.root, telling=_names_of_collected):
            raise _stopped("the packages were not installed")

    def _pip(self) -> list[str]:
        inside = [str(self.python), "-m", "pip"]
        outside = [[python, "-m", "pip", "--python", str(self.python)] for python in (_BASE, sys.executable)]
        for pip in (*outside, inside):
            if _works([*pip, "--version"]):
                return pip
        if _works([str(self.python), "-m", "ensurepip", "--default-pip"]):
            return inside
        raise ZbtError(
            "No pip was found to install the packages with.",
            hint="Install it (Debian: apt-get install python3-pip) and type the command again.",
        )

    def _packages(self, extras: Iterable[str]) -> list[str]:
        """The names of what *extras* ask for, as ``pyproject.toml`` has them."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))["project"]
        return sorted(_named(project, extras))

    def _fingerprint(self) -> str:
        return hashlib.sha256((self.root / "pyproject.toml").read_bytes()).hexdigest()

    def _state(self) -> State | None:
        try:
            fields = json.loads((self.folder / _STATE).read_text("utf-8"))
            return State(fields["root"], fields["fingerprint"], tuple(fields["extras"]), fields["ours"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            return State("")  # ours, and unreadable: as good as half-made

    def _write(self, state: State) -> None:
        part = self.folder / f"{_STATE}.part"
        part.write_text(json.dumps(asdict(state), indent=2) + "\n", "utf-8")
        part.replace(self.folder / _STATE)


def _named(project: dict[str, Any], extras: Iterable[str]) -> set[str]:
    found = {_name(requirement) for requirement in project.get("dependencies", ())}
    for extra in extras:
        for requirement in project.get("optional-dependencies", {}).get(extra, ()):
            if inner := re.match(rf"{DISTRIBUTION}\[([^]]*)\]", requirement):
                found |= _named(project, inner[1].split(","))
            else:
                found.add(_name(requirement))
    return found


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0]


def _requirements(extra: str) -> Iterator[str]:
    for requirement in metadata.requires(DISTRIBUTION) or ():
        words, _, marker = requirement.partition(";")
        if "extra" in marker and not re.search(rf"extra\s*==\s*['\"]{re.escape(extra)}['\"]", marker):
            continue
        found = re.match(r"\s*([\w.-]+)\s*(?:\[([^]]*)\])?", words)
        if found is None:
            continue
        if found[1] != DISTRIBUTION:
            yield found[1]
            continue
        for part in (found[2] or "").split(","):  # `zbt-notebook[lab]` inside an extra: that extra's own
            yield from _requirements(part.strip())


def _is_present(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process, so that two first starts do not fill one environment."""
    if sys.platform == "win32":
        yield
    else:
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _succeeds(command: Sequence[str], *, cwd: Path | None = None, telling: Callable[[str], str] | None = None) -> bool:
    """Run it, and show on stderr what it says; of its stdout only what *telling* makes of each line."""
    with subprocess.Popen(
        command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if telling else sys.stderr, text=True
    ) as process:
        for line in process.stdout or ():
            if telling and (message := telling(line)):
                print(message, end=" ", file=sys.stderr, flush=True)
    if telling:
        _say("")
    return process.returncode == 0


def _names_of_collected(line: str) -> str:
    """Of what pip says: the name of a package that it fetches or has found here."""
    found = re.match(r"Collecting ([\w.-]+)", line)
    return found[1] if found else ""


def _run(command: Sequence[str], failure: str) -> None:
    if not _succeeds(command):
        raise _stopped(failure)


def _stopped(failure: str) -> ZbtError:
    return ZbtError(
        f"Setting up stopped: {failure}.",
        hint="Mend what is reported above and type the command again; it starts anew.",
    )


def _works(command: Sequence[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _replace_process(command: list[str]) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # there, exec returns to the shell at once
        raise SystemExit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)  # noqa: S606  no shell is meant: the interpreter goes on as another
