"""The table of facts and tests is true to the tests there are."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from zbt_notebook.simulator import Switches

HERE = Path(__file__).parent
TABLE = (HERE / "README.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", TABLE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_named_in_the_table_exists(file, name):
    """A fact points to a test that is there."""
    tree = ast.parse((HERE / file).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_switch_of_the_accounts_side_stands_in_the_table():
    """No switch without its fact."""
    names = [field.name for field in fields(Switches)]
    accounts = names[: names.index("invalid_token_shape")]
    assert [name for name in accounts if f"`{name}`" not in TABLE] == []
