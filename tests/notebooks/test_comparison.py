"""The comparison names tests that exist."""

import re

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "notebooks" / "comparison.md").read_text("utf-8")
ROWS = [
    line.split(" | ") for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(("|  |", "|---"))
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("| "))
def test_each_row_names_a_test_that_exists(row):
    """Nine cells, and below ours at least one file of the tests and a test in it."""
    assert len(row) == 9
    named = re.findall(r"<br>`(test_\w+\.py)::(test_\w+)`", row[1])
    assert len(named) == row[1].count("<br>") > 0
    for file, name in named:
        (path,) = (ROOT / "tests").rglob(file)
        assert re.search(rf"^def {name}\(", path.read_text("utf-8"), re.MULTILINE)


def test_the_readme_leads_there():
    """Whoever compares finds it."""
    assert "(notebooks/comparison.md)" in (ROOT / "README.md").read_text("utf-8")
