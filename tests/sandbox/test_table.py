"""The table of facts and tests is true to the tests there are."""

import ast
import re
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from zbt_notebook.simulator import Switches

HERE = Path(__file__).parent
TABLE = (HERE / "README.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", TABLE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_named_in_the_table_exists(file, name):
    """A fact points to a test that is there."""
    assert name in functions_of(file)


@cache
def functions_of(file):
    tree = ast.parse((HERE / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_switch_of_the_accounts_side_stands_in_the_table():
    """No switch without its fact."""
    names = [field.name for field in fields(Switches)]
    accounts = names[: names.index("invalid_token_shape")]
    assert [name for name in accounts if f"`{name}`" not in TABLE] == []


# A word that each row of V3's sheet is known by, in the sections that were told to be mapped row by row
ROWS = {
    "2. Endpoints": """
        portals; projects; trash; PATCH; issues; `view_id`; `issue_ids`; description; move; clone;
        activities; statustransition; status-timeline; custom views; `/bugs`; comments; associated;
        attachments; dissociated; followers; links; bulk-link; resolution; tasks; time logs; in
        bulk; timers; reports; phases; milestones; users; v3.1; tags; entityType 6; modules; fields;
        layouts; global-statuses; options; search; events; forums; documents; bulk export; groups;
        licences
    """,
    "5. Record shapes": """
        every recorded sample; keys of an issue; unassigned; custom fields; comments; -1; due dates
    """,
    "7. Errors, 8. limits, 9. the end of the classic API": """
        INVALID_TICKET; INVALID_OAUTHTOKEN; REQUIRED_PARAMETER_MISSING; INTERNAL_SERVER_ERROR;
        URL_ROLLING_THROTTLES_LIMIT_EXCEEDED; 2xx; 200 calls; `RateLimit`; 404; 410; redirect; dead
    """,
    # Of both APIs, hence in the older sheet's sections
    "B5. Errors": """
        INVALID_OAUTHSCOPE; URL_RULE_NOT_CONFIGURED; INVALID_METHOD; LESS_THAN_MIN_OCCURANCE;
        PATTERN_NOT_MATCHED; INVALID_PARAMETER_VALUE; EXTRA_KEY_FOUND_IN_JSON; EXTRA_PARAM_FOUND;
        MORE_THAN_MAX_LENGTH; JSON_PARSE_ERROR; INVALID_INPUTSTREAM; RESOURCE_NOT_FOUND; 6504
    """,
    "B6. Rate limit": "counted by URL pattern; prolong it; `Retry-After`",
}


@pytest.mark.parametrize("section", ROWS)
def test_every_row_of_v3s_sheet_has_its_entry(section):
    """With a test behind it."""
    told = TABLE.partition(f"### {section}\n")[2].partition("\n#")[0]
    entries = [line for line in told.splitlines() if "::test_" in line]
    words = [" ".join(word.split()) for word in ROWS[section].split(";")]
    assert [word for word in words if not any(word in line for line in entries)] == []


def test_every_switch_of_v3_stands_in_the_table():
    """No way of answering without its fact."""
    names = [field.name for field in fields(Switches)]
    assert [name for name in names[names.index("v3_at") :] if f"`{name}`" not in TABLE] == []
