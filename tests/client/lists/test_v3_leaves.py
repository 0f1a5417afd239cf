"""Nothing of a V3 record is lost: every leaf of it is in the frame."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    "id": IDS,
}
RECORDS = st.fixed_dictionaries({}, optional=KEYS)


def leaves(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif value is not None:
        yield value


def forms(leaf):
    """How a leaf may read in a cell: as it is, as a number, as the moment it names, lower-case where words are."""
    yield str(leaf).casefold()
    if isinstance(leaf, str) and leaf.endswith("Z"):
        at = datetime.fromisoformat(leaf)
        yield str(at.astimezone(UTC).replace(tzinfo=None)).casefold()


@pytest.mark.parametrize("kind", ["bugs", "comments", "milestones", "timelogs", "users"])
@given(record=RECORDS)
def test_every_leaf_of_a_record_is_in_the_frame(kind, record):
    """Under a classic name or its own, whatever the record holds."""
    frame = to_frame([v3_columns.as_classic(kind, record, "7", {"cf_text": "Text"})])
    cells = " | ".join(str(value) for value in frame.iloc[0].tolist()).casefold() if len(frame) else ""
    for leaf in leaves(record):
        if not isinstance(leaf, bool):
            assert any(form in cells for form in forms(leaf)), (leaf, record)
