"""The sandbox's V3 against what was recorded of real portals: key for key, type for type."""

import json

import pytest

from zbt_notebook.simulator.data.portal import PORTAL_ID, PROJECT_BASE

P = f"/api/v3/portal/{PORTAL_ID}"
J = f"{P}/projects/{PROJECT_BASE}"
P31 = f"/api/v3.1/portal/{PORTAL_ID}"

# Values are invented; keys and types are the sheet's, section 5.
ISSUE = {
    "id": "4000000000101",
    "prefix": "QA1-I7",
    "name": "Login fails",
    "project": {"id": "4000000000009", "name": "QA"},
    "description": "<div>..</div>",
    "flag": "Internal",
    "status": {
        "id": "4000000000201",
        "name": "Open",
        "color": "#2299cc",
        "color_hexcode": "#2299cc",
        "is_closed_type": False,
    },
    "severity": {"id": "4000000000301", "value": "Major"},
    "assignee": {"zuid": 700001, "zpuid": "4000000001", "name": "Ann Lee", "email": "ann@example.com"},
    "created_by": {"zuid": 700002, "zpuid": "4000000002", "name": "Bo Ray", "email": "bo@example.com"},
    "added_via": "web",
    "subscription_type": "Standard",
    "created_time": "2026-03-01T09:00:00.000Z",
    "last_updated_time": "2026-03-02T10:30:00.000Z",
    "due_date": "2026-03-20T06:15:00.000Z",
    "cf_customer": "Acme",
}
ALWAYS = {
    *("id", "prefix", "name", "project", "flag", "created_time", "created_by", "status", "assignee", "severity"),
    *("added_via", "subscription_type"),
}
SOMETIMES = {
    *("description", "due_date", "last_updated_time", "completed_time", "classification", "module"),
    *("is_it_reproducible", "tags", "release_milestone", "affected_milestone", "followers"),
}
AUTHOR = {
    "zpuid": "4000000001",
    "id": "4000000001",
    "full_name": "Ann Lee",
    "name": "Ann Lee",
    "first_name": "Ann",
    "last_name": "Lee",
    "email": "ann@example.com",
    "is_client_user": False,
    "business_hours_id": "4000000002",
}
COMMENT = {
    "id": "4000000000401",
    "comment": "<div>Yes</div>",
    "added_by": AUTHOR,
    "last_modified_by": AUTHOR,
    "created_time": "2026-03-01T09:00:00.000Z",
    "last_modified_time": "2026-03-01T09:05:00.000Z",
    "added_via": "Projects",
    "reactions": {},
    "third_party_service_details": {},
    "can_edit_comment": True,
    "can_delete_comment": True,
}
ATTACHMENT = {
    "attachment_id": "4000000000601",
    "name": "a.png",
    "type": "image/png",
    "size": "1024",
    "entity_id": "4000000000101",
    "entity_type": "bug",
    "created_by": "700001",
    "created_time": "1767225600000",
    "associated_by": "700001",
    "associated_by_name": "Ann Lee",
    "associated_time_long": "1767225600000",
    "preview_url": "https://previewengine.example/a",
    "download_url": "https://download-accl.example/a",
    "permanent_url": "https://workdrive.example/a",
    "third_party_file_id": "x1",
    "trashed": False,
}
LOG = {
    "id": "4000000000501",
    "date": "2026-05-06",
    "type": "issue",
    "log_hour": "02:15",
    "start_time": "09:00 AM",
    "end_time": "11:15 AM",
    "notes": "..",
    "log_notes": "..",
    "billing_status": "Non Billable",
    "approval": {"status": "Approved", "name": "Ann Lee", "email": "ann@example.com"},
    "owner": {"zpuid": "4000000001", "name": "Ann Lee", "email": "ann@example.com"},
    "added_by": {"name": "Ann Lee", "email": "ann@example.com"},
    "module_detail": {"id": "4000000000101", "name": "Login fails", "prefix": "QA1-I7", "type": "bug"},
    "project": {"id": "4000000000009", "name": "QA"},
    "created_time": "2026-05-06T11:20:00.000Z",
    "last_modified_time": "2026-05-06T11:21:00.000Z",
}
HOURS = {"total_hours": "02:15", "billable_hours": "00:00", "non_billable_hours": "02:15"}
PORTAL = {
    "id": "700318264",
    "portal_name": "acme",
    "org_name": "Acme",
    "timezone": "Europe/Berlin",
    "project_plan": "Enterprise",
    "is_default_portal": True,
    "owner": {"zpuid": "4000000001", "name": "Ann Lee", "email": "ann@example.com", "id": "700001"},
    "profile": {"name": "Admin", "id": 400000000000000021},
}
PROJECT = {
    "id": "4000000000009",
    "key": "QA1",
    "name": "QA",
    "project_type": "active",
    "description": "..",
    "owner": {"zpuid": "4000000001", "name": "Ann Lee", "email": "ann@example.com"},
    "status": {"id": "1", "name": "Active", "color": "#2cc8ba", "is_closed_type": False},
    "is_public_project": False,
    "created_time": "2026-03-01T09:00:00.000Z",
    "modified_time": "2026-03-01T09:00:00.000Z",
    "created_by": {"zpuid": "4000000001", "name": "Ann Lee", "email": "ann@example.com"},
}
MILESTONE = {
    "id": "4000000000701",
    "name": "1.0",
    "start_date": "2026-03-01",
    "end_date": "2026-03-31",
    "flag": "internal",
    "owner": {"zpuid": "4000000001", "name": "Ann Lee"},
    "created_time": "2026-02-01T09:00:00.000Z",
    "status": {"id": "1", "name": "Active"},
}
USER = {
    "zpuid": "4000000001",
    "name": "Ann Lee",
    "email": "ann@example.com",
    "is_active": True,
    "role": {"name": "Manager", "id": "1"},
    "added_time": "2022-03-01T09:00:00.000Z",
}
USER_31 = {
    "id": "4000000001",
    "zuid": "700001",
    "email": "ann@example.com",
    "first_name": "Ann",
    "last_name": "Lee",
    "full_name": "Ann Lee",
    "status": "active",
    "user_type": "portal_user",
    "is_confirmed": True,
    "is_resend_invite": False,
    "added_time": "2022-03-01T09:00:00.000Z",
    "updated_time": "2022-03-01T09:00:00.000Z",
    "last_accessed_on": "2022-03-01T09:00:00.000Z",
    "role": {"id": "1", "name": "Manager"},
    "portal_profile": {"id": "1", "name": "Manager", "is_default": True},
    "reporting_to": None,
    "business_hours": None,
    "budget": None,
}
TAG = {"id": "4000000000801", "name": "flaky", "color_class": "bg7f78e0", "created_by": {"name": "Ann Lee"}}
VIEW = {"custom_view_id": "4000000000901", "name": "All"}
PAGE_INFO = {"page": 1, "per_page": 100, "page_count": 30, "has_next_page": False}
FIELD = {
    "id": "4000000000911",
    "api_name": "severity",
    "display_name": "Severity",
    "type": "picklist",
    "is_custom_field": False,
    "is_mandatory": False,
    "pick_list_values": [{"id": "1", "value": "Major"}],
}
MODULE = {"id": "4000000000921", "api_name": "issues", "singular_name": "Issue", "plural_name": "Issues"}


def missing(sample, found, where="it"):
    """What a record lacks of a sample, or has of another type."""
    if type(sample) is not type(found):
        return [f"{where}: {type(found).__name__} for {type(sample).__name__}"]
    if isinstance(sample, dict):
        gone = [f"{where}.{name}" for name in sample if name not in found]
        return gone + [
            line for name in sample if name in found for line in missing(sample[name], found[name], f"{where}.{name}")
        ]
    if isinstance(sample, list) and sample:
        return [line for one in found for line in missing(sample[0], one, f"{where}[]")]
    return []


def found_of(caller, what):
    """A record of a kind that has as many keys as any."""
    caller.switch(v3_users_as="short", due_date_as="moment")
    page = {"page": 1, "per_page": 200}
    store = caller.tracker.store
    if what == "issue":
        rows = caller.get(f"{P}/issues", **page)["issues"]
        return max(rows, key=lambda row: len(row.keys() & ISSUE.keys()) + ("zpuid" in row["assignee"]))
    if what in {"comment", "attachment"}:
        bug = next(bug for bug in store.bugs.of(PROJECT_BASE) if bug.comment_count and bug.attachment_count)
        return caller.get(f"{J}/issues/{bug.id}/{what}s", **page)[f"{what}s"][0]
    if what in {"log", "hours"}:
        asked = {"module": json.dumps({"type": "issue"}), "view_type": "projectspan"}
        answer = caller.get(f"{P}/timelogs", **page, **asked)
        logs = [log for day in answer["time_logs"] for log in day["log_details"]]
        return answer["log_hours"] if what == "hours" else max(logs, key=lambda log: (len(log), len(log["approval"])))
    places = {
        "portal": ("/api/v3/portals", None, {}),
        "project": (f"{P}/projects", None, {}),
        "milestone": (f"{J}/phases", "milestones", {}),
        "user": (f"{P}/users", "users", {}),
        "user 3.1": (f"{P31}/users", "users", {}),
        "tag": (f"{P}/tags", "tags", {}),
        "view": (f"{J}/issues/customviews", "default_views", {}),
        "field": (f"{P}/settings/fields", "fields", {"module": "issues"}),
        "module": (f"{P}/settings/modules", "modules", {}),
    }
    path, key, asked = places[what]
    answer = caller.get(path, **page, **asked)
    rows = answer[key] if key else answer
    return next((row for row in rows if row.get("api_name", "severity") == "severity"), rows[0])


@pytest.mark.parametrize(
    ("what", "sample"),
    [
        ("issue", ISSUE),
        ("comment", COMMENT),
        ("attachment", ATTACHMENT),
        ("log", LOG),
        ("hours", HOURS),
        ("portal", PORTAL),
        ("project", PROJECT),
        ("milestone", MILESTONE),
        ("user", USER),
        ("user 3.1", USER_31),
        ("tag", TAG),
        ("view", VIEW),
        ("field", FIELD),
        ("module", MODULE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_record_has_what_was_recorded(caller, what, sample):
    """Every key of the sample is there, with a value of its type."""
    assert missing(sample, found_of(caller, what)) == []


def test_no_issue_has_what_was_seen_in_none(caller):
    """Of the keys of an issue some are in all, some in a few; there are no others but custom fields."""
    rows = caller.get(f"{P}/issues", page=1, per_page=200)["issues"]
    own = {field["api_name"] for field in caller.get(f"{P}/settings/fields", module="issues")["fields"]}
    assert all(row.keys() >= ALWAYS for row in rows)
    assert set().union(*rows) <= ALWAYS | SOMETIMES | own


def test_pages_are_described_as_recorded(caller):
    """``page_info`` beside the list, in each envelope that has one."""
    bug = caller.tracker.store.bugs.of(PROJECT_BASE)[0].id
    lists = (f"{J}/issues", f"{J}/phases", f"{J}/users", f"{P}/tags", f"{J}/issues/{bug}/comments")
    for path in lists:
        assert missing(PAGE_INFO, caller.get(path, page=1)["page_info"]) == []
