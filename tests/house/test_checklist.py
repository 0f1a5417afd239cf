"""The checklist T01 to T56 is whole: each row names tests that exist."""

import re

import pytest

from tests.checklist import CHECKLIST, proofs_of, table
from tests.conftest import ROOT

NODES = [
    f"{path.relative_to(ROOT).as_posix()}::{name}"
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^ *def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
]


def test_it_has_every_number():
    """From 1 to 56, none twice."""
    assert list(CHECKLIST) == [f"T{number:02}" for number in range(1, 57)]


@pytest.mark.parametrize("number", CHECKLIST)
def test_each_row_is_proved_by_tests_that_exist(number):
    """A test that is renamed is named anew here; each part that a row names finds one."""
    assert proofs_of(number, NODES)
    missing = [part for part in CHECKLIST[number].tests if not any(part in node for node in NODES)]
    assert missing == []
    assert not [part for part in CHECKLIST[number].tests if part.endswith("::test_")]  # a file is no proof of a case


def test_the_table_tells_how_each_row_went():
    """Passed, failed or not run, with the peers' results beside."""
    outcomes = {"tests/a.py::test_t31_x": "passed", "tests/a.py::test_t49_x": "failed", "b.py::test_t49_y": "passed"}
    lines = dict(line.strip("| ").split(" | ", 1) for line in table(outcomes).splitlines()[2:])
    assert lines["T31"] == "a byte at a time | 1 passed | yes aiohttp; no requests httpx urllib3"
    assert "1 of 2 FAILED" in lines["T49"]
    assert "not run" in lines["T01"]
