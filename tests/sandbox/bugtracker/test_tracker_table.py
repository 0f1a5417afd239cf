"""The table of facts and tests knows every switch of the API, and every test of it."""

import ast
from dataclasses import fields
from pathlib import Path

from zbt_notebook.simulator.switches import Switches

HERE = Path(__file__).parent
TABLE = (HERE.parent / "README.md").read_text("utf-8")


def test_every_switch_of_the_api_stands_in_the_table():
    """No switch without its fact."""
    names = [field.name for field in fields(Switches)]
    api = names[names.index("invalid_token_shape") :]
    assert [name for name in api if f"`{name}`" not in TABLE] == []


def test_nearly_every_test_of_the_api_stands_in_the_table():
    """A test of the simulated API shows a fact of the sheet, which the table names."""
    tests = {
        f"bugtracker/{path.name}::{node.name}"
        for path in HERE.glob("test_tracker_*.py")
        if path.name not in {Path(__file__).name, "test_tracker_corners.py"}
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert {name for name in tests if f"`{name}`" not in TABLE} == {
        "bugtracker/test_tracker_openapi.py::test_the_description_is_served_without_a_token"
    }
