"""ISO 8601 under a name of a time becomes a timestamp, a pure date a day, whatever list it is in."""

import pandas as pd
import pytest

from zbt_notebook.client.frames.builder import to_frame


def dtype(name, *values):
    return str(to_frame([{name: value} for value in values])[name].dtype)


@pytest.mark.parametrize(
    "name", ["created_time", "last_accessed_on", "starts_at", "date", "due_date", "completed_time"]
)
def test_instants_become_utc_timestamps(name):
    """With any offset, and nulls between them."""
    frame = to_frame([{name: "2026-03-01T09:00:00.000Z"}, {name: None}, {name: "2026-03-01T12:00:00+03:00"}])
    assert str(frame[name].dtype) == "datetime64[ms, UTC]"
    assert frame[name][0] == frame[name][2] == pd.Timestamp("2026-03-01T09:00Z")
    assert pd.isna(frame[name][1])


def test_days_become_days():
    """Without a zone, which a day has not."""
    frame = to_frame([{"start_date": "2026-03-01"}, {"start_date": None}])
    assert str(frame["start_date"].dtype) == "datetime64[ms]"
    assert frame["start_date"][0] == pd.Timestamp("2026-03-01")


def test_days_among_instants_are_their_midnight():
    """As due_date comes, one way or the other."""
    frame = to_frame([{"due_date": "2026-03-01"}, {"due_date": "2026-03-02T06:15:00Z"}])
    assert frame["due_date"].tolist() == [pd.Timestamp("2026-03-01T00:00Z"), pd.Timestamp("2026-03-02T06:15Z")]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("title", ["2026-03-01"]),
        ("date", ["03-01-2026"]),
        ("date", ["2026-13-45"]),
        ("created_time", ["2026-03-01T09:00:00Z", "soon"]),
        ("created_time", ["2026-99-01T09:00:00Z"]),
    ],
)
def test_what_is_no_time_stays_text(name, values):
    """A title that looks like a date, Zoho's American dates, and what is no day of any month."""
    assert not dtype(name, *values).startswith("datetime")


def test_custom_fields_have_dates_under_any_label():
    """Their labels are the portal's own."""
    fields = [{"label_name": "Found", "value": "2026-03-01"}]
    assert str(to_frame([{"customfields": fields}])["customfields.Found"].dtype) == "datetime64[ms]"
