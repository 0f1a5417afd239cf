"""The lower bounds in pyproject.toml are true: what they allow is enough."""

import re
import tomllib

import pytest

from tests.conftest import ROOT
from tests.house.test_distribution import environment_of, run, uv

EXTRAS = "fast,excel,keyring"
TOOLS = ("pytest", "pytest-timeout", "hypothesis")
TESTS = (
    "tests/client/auth/test_authorization.py",
    "tests/client/frames/test_frame_dtypes.py",
    "tests/client/frames/test_iso_times.py",
    "tests/client/http",
    "tests/client/rest/test_api.py",
    "tests/client/rest/test_encoding.py",
    "tests/client/test_connection.py",
    "tests/notebook/magic/test_call_line.py",
    "tests/notebook/sign_in/test_login_card.py",
)
OPTIONS = "addopts=--strict-markers --import-mode=importlib"  # those of pyproject.toml name more than these tools
CHOICE = ("-o", OPTIONS, "-m", "not slow", "--hypothesis-profile=quick", "-p", "no:cacheprovider")
OTHERS_OWN = "ignore::DeprecationWarning"  # an old library calls what a newer one has deprecated; no user sees it
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.timeout(900)
def test_the_unit_tests_pass_with_the_lowest_versions_allowed(tmp_path):
    """The oldest pandas, requests, IPython, ipywidgets … that pyproject.toml takes run the client and ``%zbt``."""
    extras = PROJECT["optional-dependencies"]
    tools = [line for line in extras["test"] if re.split(r"[<>=]", line)[0] in TOOLS]
    python = environment_of(tmp_path / "env")
    project = f"zbt-notebook[{EXTRAS}] @ {ROOT.as_uri()}"
    uv("pip", "install", "--quiet", "--python", python, "--resolution", "lowest-direct", project, *tools)
    installed = dict(re.findall(r"^(.+?)==(.+)$", uv("pip", "freeze", "--python", python), re.MULTILINE))
    for line in [*PROJECT["dependencies"], *tools, *(line for extra in EXTRAS.split(",") for line in extras[extra])]:
        name, lowest = re.fullmatch(r"([\w-]+)>=([\d.]+)", line).groups()
        assert f"{installed[name]}.".startswith(f"{lowest}."), line  # it is the lowest that was tried
    run(python, "-W", OTHERS_OWN, "-m", "pytest", "-q", "-W", OTHERS_OWN, *CHOICE, *TESTS, cwd=ROOT)
