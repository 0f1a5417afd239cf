"""What holds for every test: nobody's home, nobody's proxies, no connection and no event loop left by another test."""

import asyncio
import gc
import os
import re
import shutil
import signal
import tempfile
from pathlib import Path

import hypothesis
import numpy as np  # noqa: F401  for hypothesis: see pytest_collection_finish
import pytest

from tests import ABSENT, BYTECODE, NO_COVERAGE
from tests.leaks.canaries import canaries, no_traces, pytest_runtest_makereport  # noqa: F401  for every test
from tests.tiers import SLOW, UNTRACED
from zbt_notebook import notebook
from zbt_notebook.client import secret_str
from zbt_notebook.client.limits import registry
from zbt_notebook.notebook.sign_in import begun

ROOT = Path(__file__).resolve().parent.parent
_STRAY = (
    "ZBT_",
    "JUPYTER",
    "IPYTHON",
    "VIRTUAL_ENV",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
)

notebook.install()  # as whoever takes the package by its front door has them

hypothesis.settings.register_profile(
    "house",
    max_examples=50,  # half of hypothesis' own: a run has 15 minutes
    deadline=None,  # a busy machine is no failure
    print_blob=True,
    derandomize="CI" in os.environ,  # a change is judged by its own merits; new examples are looked for elsewhere
)
hypothesis.settings.register_profile("quick", hypothesis.settings.get_profile("house"), max_examples=15)
hypothesis.settings.load_profile("house")

_home = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_configure(config):
    """Move into an empty home, which kernels and servers inherit; the user's own is neither read nor written."""
    home = config.stash[_home] = tempfile.TemporaryDirectory(prefix="zbt-tests-", ignore_cleanup_errors=True)
    keep_caches_of_the_real_home()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in its background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in [name for name in os.environ if name.startswith(_STRAY)]:
        del os.environ[name]
    os.environ |= {
        "HOME": home.name,
        "XDG_CONFIG_HOME": f"{home.name}/.config",
        "XDG_CACHE_HOME": f"{home.name}/.cache",
        "XDG_DATA_HOME": f"{home.name}/.local/share",
        "JUPYTER_CONFIG_DIR": f"{home.name}/jupyter/config",
        "JUPYTER_DATA_DIR": f"{home.name}/jupyter/data",
        "JUPYTER_RUNTIME_DIR": f"{home.name}/jupyter/runtime",
        "JUPYTER_PLATFORM_DIRS": "1",
        "IPYTHONDIR": f"{home.name}/ipython",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONPATH": os.pathsep.join([str(ABSENT), str(ROOT)]),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def keep_caches_of_the_real_home():
    """What is slow to make anew and holds nothing private stays where it is."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(caches / "ms-playwright"))
    os.environ.setdefault("MPLCONFIGDIR", str(caches / "matplotlib"))
    os.environ.setdefault("TESTS_UV_CACHE_DIR", str(caches / "uv"))


def pytest_unconfigure(config):
    config.stash[_home].cleanup()
    shutil.rmtree(f"{BYTECODE}{tempfile.gettempdir()}", ignore_errors=True)  # of environments that are gone as well


def pytest_terminal_summary(terminalreporter, config):
    """Write how the checklist T01 to T56 went, with the peers' results beside, into pytest's cache folder."""
    from tests.checklist import table

    outcomes = {}
    for outcome in ("passed", "failed", "error", "skipped"):  # what is worse counts
        for report in terminalreporter.getreports(outcome):
            outcomes[report.nodeid] = outcome
    cache = getattr(config, "cache", None)
    if cache is not None:
        (cache.mkdir("checklist") / "checklist.md").write_text(table(outcomes), encoding="utf-8")


def pytest_collection_modifyitems(config, items):
    """A folder's name marks its tests; of several processes none is to begin with something long in the end.

    Which lines run is traced neither in property tests nor in those that ``tests/tiers.py`` calls untraced.
    """
    for item in items:
        for marker in {"browser", "kernel"} & set(item.path.relative_to(ROOT).parts):
            item.add_marker(marker)
        name = item.nodeid.removeprefix("tests/")
        if name.startswith(tuple(SLOW)):
            item.add_marker("slow")
        if name.startswith(tuple(UNTRACED)) or getattr(item.obj, "is_hypothesis_test", False):
            item.add_marker("no_cover")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: [item.get_closest_marker(name) is None for name in ("browser", "kernel", "slow")])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A file is run by one process, for its tests share environments and servers; so are all that need a browser.

    xdist's own groups are marks, which it does not see with pytest 9.2.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            folder = "tests/browser/"
            return folder if nodeid.startswith(folder) else nodeid.partition("::")[0]

    return Scheduling(config, log)


def without_addresses(value):
    """The id of a parameter, the same in every process: xdist compares them."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def pytest_collection_finish():
    """Let the garbage collector leave alone what the whole session needs: it took a fifth of the time.

    Before that hypothesis takes the sources of chance in hand, NumPy's too: it asks the collector who holds them.
    """
    hypothesis.find(hypothesis.strategies.just(1), bool, settings=hypothesis.settings(database=None))
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 10)


@pytest.fixture(autouse=True)
def children_untraced(request, monkeypatch):
    """Where the lines that run are not traced, they are not in the processes that a test starts either."""
    if request.node.get_closest_marker("no_cover"):
        for name in NO_COVERAGE:
            monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def nothing_counted():
    """Zoho's limits and sign-ins that wait outlive a sign-in, but no test: tests share sandboxes, and so addresses."""
    registry.forget()
    begun._begun.clear()


@pytest.fixture(autouse=True)
def no_secret_of_another_test():
    """What a test made stays known for as long as the garbage holds it, and every error's text is searched for it."""
    before = set(secret_str._live)
    yield
    for made in set(secret_str._live) - before:
        secret_str._live.pop(made, None)


@pytest.fixture(autouse=True)
def no_running_event_loop(request):
    """Playwright leaves its event loop marked as running in this thread; to a test of asyncio there is none."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    playwrights = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(playwrights)
