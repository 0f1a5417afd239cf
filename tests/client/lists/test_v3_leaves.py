"""Nothing of a V3 record is lost: every leaf of it is in the frame."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiers import examples
from zbt_notebook.client import v3_columns
from zbt_notebook.client.frames.builder import to_frame

TEXT = st.text(st.characters(categories=("Lu", "Ll", "Nd")), min_size=3, max_size=9).map("leaf {}".format)
IDS = st.integers(10**12, 10**18).map(str)
PERSON = st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "email", "first_name", "full_name"), TEXT)) | (
    st.fixed_dictionaries({"zpuid": IDS, "zuid": IDS, "name": TEXT}, optional={"email": TEXT, "id": IDS})
)
CHOICE = st.fixed_dictionaries({"id": IDS, "value": TEXT}, optional={"color": TEXT, "name": TEXT})
STATUS = st.fixed_dictionaries({"id": IDS, "name": TEXT}, optional={"is_closed_type": st.booleans(), "color": TEXT})
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.000Z")  # noqa: DTZ001  hypothesis wants naive bounds
KEYS = {
    **dict.fromkeys(("assignee", "created_by", "owner", "added_by", "last_modified_by", "cf_person"), PERSON),
    **dict.fromkeys(("severity", "classification", "module", "is_it_reproducible", "release_milestone"), CHOICE),
    **dict.fromkeys(("status", "approval", "module_detail", "role"), STATUS),
    **dict.fromkeys(("created_time", "last_updated_time", "due_date", "start_date", "completed_time"), MOMENT),
    **dict.fromkeys(("name", "prefix", "description", "flag", "comment", "notes", "cf_text", "of_tomorrow"), TEXT),
    **dict.fromkeys(("is_it_billable", "is_public", "cf_done"), st.booleans()),
    **dict.fromkeys(("tags", "followers"), st.lists(st.fixed_dictionaries({"id": IDS, "name": TEXT}), max_size=3)),
    **dict.fromkeys(("cf_choices", "attachments"), st.lists(TEXT, max_size=3)),
    **dict.fromkeys(("reactions", "third_party_service_details"), st.dictionaries(TEXT, TEXT, max_size=2)),
    "cf_persons": st.lists(PERSON, max_size=2),
}
RECORDS = st.fixed_dictionaries({"id": IDS}, optional=KEYS)


KINDS = ("bugs", "comments", "milestones", "timelogs", "users", "projects", "tags", "attachments", "portals", "forums")


def altered(value):
    """The value with one leaf of it told otherwise, for each leaf: a text, a number, a flag, what is empty."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from ((value | {name: other}, inner) for other, _ in altered(inner))
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from (([*value[:place], other, *value[place + 1 :]], inner) for other, _ in altered(inner))
    elif isinstance(value, bool):
        yield not value, value
    elif isinstance(value, (dict, list)):
        yield None, value
    elif isinstance(value, str) and value.isdigit():
        yield str(int(value) + 1), value
    elif isinstance(value, str) and value.endswith("Z"):
        yield f"1999{value[4:]}", value
    else:
        yield f"{value}x", value


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=examples(20))
@given(record=RECORDS)
def test_every_leaf_of_a_record_is_in_the_frame(kind, record):
    """Under a classic name or its own, flags, lists and what is empty too: told otherwise, the row is another."""
    others = [other for other, _ in altered(record)]
    frame = to_frame([v3_columns.as_classic(kind, one, "7", {"cf_text": "Text"}) for one in (record, *others)])
    first, *rows = [[repr(cell) for cell in row] for row in frame.itertuples(index=False)]
    assert len(rows) == len(others)
    for row, (_, leaf) in zip(rows, altered(record), strict=True):
        assert row != first, (leaf, record)
