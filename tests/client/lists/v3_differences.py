"""Which columns cannot be the same from both APIs, and why: the one list that documents and tests are made from."""

from dataclasses import dataclass
from typing import Literal

Way = Literal["empty from V3", "empty from the classic API", "another value", "from V3 alone"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Columns of one kind's frames, how they differ and the reason."""

    kind: str
    columns: tuple[str, ...]
    way: Way
    reason: str


_TEXT = "a text in the portal's time zone, which V3 does not tell; the moment is in the column that ends in `_long`"
_LINK = "V3's records hold no addresses of the classic API"
_COUNT = "V3's lists hold no counters"
_MIDNIGHT = "a day: midnight in UTC, where the classic API has the portal's"
_PERSON = "the classic API does not tell it of this person"

DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "bugs",
        tuple(f"{name}{form}" for name in ("created_time", "updated_time", "due_date") for form in ("", "_format")),
        "empty from V3",
        _TEXT,
    ),
    Difference("bugs", ("due_date_long",), "another value", _MIDNIGHT),
    Difference("bugs", ("attachment_count", "comment_count", "has_log_hours"), "empty from V3", _COUNT),
    Difference("bugs", ("link.self.url", "link.timesheet.url", "link.web.url"), "empty from V3", _LINK),
    Difference(
        "bugs",
        (
            *("GROUP_NAME.ASSOCIATED_TEAMS.AnyTeam", "GROUP_NAME.ASSOCIATED_TEAMS_COUNT"),
            *("GROUP_NAME.IS_TEAM_UNASSIGNED", "escalation_level", "reporter_non_zuser"),
        ),
        "empty from V3",
        "no recorded record of V3 has it",
    ),
    Difference("bugs", ("assignee_email", "reporter_zpuid"), "empty from the classic API", _PERSON),
    Difference(
        "bugs", ("assignee_zpuid",), "another value", "of a bug without assignee, the classic API tells nobody's number"
    ),
    Difference(
        "bugs",
        ("description", "description_text"),
        "from V3 alone",
        "V3's lists have it; the classic lists leave it out",
    ),
    Difference(
        "bugs",
        ("customfields.(a date, a moment)",),
        "another value",
        "a date, where the classic API has a text in the portal's form",
    ),
    Difference("comments", ("created_time", "created_time_format"), "empty from V3", _TEXT),
    Difference("comments", ("added_by",), "empty from V3", "V3 tells no account number of a comment's author"),
    Difference("comments", ("added_by_email", "added_by_zpuid"), "empty from the classic API", _PERSON),
    Difference(
        "milestones",
        (
            *("start_date", "start_date_format", "end_date", "end_date_format"),
            *("completed_date", "completed_date_format"),
        ),
        "empty from V3",
        _TEXT,
    ),
    Difference("milestones", ("completed_date_long",), "empty from V3", "no recorded record of V3 has it"),
    Difference("milestones", ("start_date_long", "end_date_long"), "another value", _MIDNIGHT),
    Difference("milestones", ("link.self.url", "link.status.url"), "empty from V3", _LINK),
    Difference("milestones", ("owner_email", "owner_zpuid"), "empty from the classic API", _PERSON),
    Difference("timelogs", ("created_time_format", "day_display_format"), "empty from V3", _TEXT),
    Difference("timelogs", ("day_total_hours",), "empty from V3", "V3 groups by day without a sum of each"),
    Difference("timelogs", ("log_date_long", "day_date_long"), "another value", _MIDNIGHT),
    Difference("timelogs", ("link.self.url",), "empty from V3", _LINK),
    Difference(
        "timelogs",
        ("owner_email", "owner_zpuid", "approver_email", "approver_name"),
        "empty from the classic API",
        _PERSON,
    ),
)


def as_markdown() -> str:
    """The list as a table; what V3 alone tells under a name of its own begins with ``v3.`` and is not in it."""
    rows = ["| `pull(…)` | columns | how they differ | why |", "|---|---|---|---|"]
    for one in DIFFERENCES:
        columns = ", ".join(f"`{column}`" for column in one.columns)
        rows.append(f"| {one.kind} | {columns} | {one.way} | {one.reason} |")
    return "\n".join(rows) + "\n"
