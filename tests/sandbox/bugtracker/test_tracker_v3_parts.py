"""What hangs on an issue in V3: comments, files, followers, resolution, links, history."""

import json
from urllib.parse import urlsplit

import pytest

from zbt_notebook.simulator.data.portal import PORTAL_ID, PROJECT_BASE
from zbt_notebook.simulator.http import Request

P = f"/api/v3/portal/{PORTAL_ID}"
PP = f"{P}/projects/{PROJECT_BASE}"


@pytest.fixture
def number(caller):
    """An issue that has comments and files."""
    store = caller.tracker.store
    bugs = [bug for bug in store.bugs.of(PROJECT_BASE) if bug.comment_count and bug.attachment_count]
    return str(bugs[0].id)


@pytest.fixture
def issue(number):
    return f"{PP}/issues/{number}"


@pytest.fixture
def newer(number):
    """The issue in v3.1."""
    return f"/api/v3.1/portal/{PORTAL_ID}/projects/{PROJECT_BASE}/issues/{number}"


def body(answer):
    return json.loads(answer.body)


def test_comments_live(caller, issue):
    """The field is ``comment``; POST, PATCH and GET of one answer an envelope of one."""
    answer = caller.json("POST", f"{issue}/comments", {"comment": "<b>Yes</b>"})
    assert answer.status == 201
    (made,) = body(answer)["comments"]
    assert made in caller.get(f"{issue}/comments", page=1)["comments"]
    here = f"{issue}/comments/{made['id']}"
    assert caller.get(here)["comments"] == [made]
    caller.clock.advance(60)
    (changed,) = body(caller.json("PATCH", here, {"comment": "No"}))["comments"]
    assert (changed["comment"], changed["created_time"]) == ("No", made["created_time"])
    assert changed["last_modified_time"] > made["last_modified_time"]
    assert caller.send("DELETE", here).status == 204
    assert caller.send("GET", here).status == 404


def test_a_comment_has_the_recorded_keys(caller, issue):
    """Its author is ``added_by``, with a full name and without a zuid; some came with files."""
    comment = caller.get(f"{issue}/comments", page=1)["comments"][0]
    assert set(comment["added_by"]) == {
        *("zpuid", "id", "full_name", "name", "first_name", "last_name"),
        *("email", "is_client_user", "business_hours_id"),
    }
    assert "created_by" not in comment
    assert {"last_modified_by", "last_modified_time", "added_via", "reactions"} <= comment.keys()
    assert set(comment["attachments"][0]) == {"name", "size", "type", "preview_url", "download_url"}


@pytest.mark.parametrize("dress", ["array", "object"])
def test_a_written_comment_may_come_otherwise(caller, issue, dress):
    """As a bare array, as tasks have it, or as an object."""
    caller.switch(issue_comment_write_as=dress)
    answer = body(caller.json("POST", f"{issue}/comments", {"comment": "x"}))
    made = answer[0] if dress == "array" else answer
    assert made["comment"] == "x"


def test_comments_may_be_below_the_old_word(caller, number):
    """One portal had them below ``bugs`` alone, and 404 below ``issues``."""
    paths = {word: f"{PP}/{word}/{number}/comments" for word in ("issues", "bugs")}
    for where, found in (("issues", [200, 404]), ("bugs", [404, 200]), ("both", [200, 200])):
        caller.switch(comments_path=where)
        assert [caller.send("GET", path, page=1).status for path in paths.values()] == found
    assert caller.get(paths["bugs"], page=1) == caller.get(paths["issues"], page=1)


def test_a_comment_may_not_count_as_a_change(caller, issue):
    """Whether it raises ``last_updated_time`` is not known."""
    before = caller.get(issue)[0]["last_updated_time"]
    caller.switch(comment_raises_update_time=False)
    caller.json("POST", f"{issue}/comments", {"comment": "x"})
    assert caller.get(issue)[0]["last_updated_time"] == before
    caller.switch(comment_raises_update_time=True)
    caller.json("POST", f"{issue}/comments", {"comment": "x"})
    assert caller.get(issue)[0]["last_updated_time"] > before


def test_a_file_is_uploaded_then_associated(caller, issue, number):
    """The portal takes it as multipart, the issue its id as a form field; its bytes are at another host."""
    answer = caller.upload(
        f"{P}/attachments", {"upload_file": ("a.bin", b"\xff")}, **{"attachment_details[storage_type]": "WorkDrive"}
    )
    (made,) = body(answer)["attachment"]
    ids = json.dumps([made["attachment_id"]])
    assert caller.json("POST", f"{issue}/attachments", {"attachment_ids": ids}).status == 400
    assert caller.form(f"{issue}/attachments", attachment_ids=ids).status == 200
    assert caller.form(f"{issue}/attachments", attachment_ids=ids).status == 404
    listed = caller.get(f"{issue}/attachments", page=1)["attachments"]
    shown = next(row for row in listed if row["attachment_id"] == made["attachment_id"])
    assert (shown["entity_id"], shown["size"], shown["trashed"]) == (number, "1", False)
    assert caller.get(f"{PP}/attachments/{made['attachment_id']}")["attachment"] == [shown]
    file = caller.tracker.handle(Request("GET", shown["download_url"]), None, at="files")
    assert (file.status, file.body) == (200, b"\xff")
    assert urlsplit(shown["download_url"]).netloc == "download-accl.sandbox.test"
    assert caller.send("DELETE", f"{PP}/attachments/{made['attachment_id']}").status == 204
    assert caller.get(f"{PP}/attachments/{made['attachment_id']}")["attachment"][0]["trashed"] is True
    assert caller.send("DELETE", f"{issue}/attachments/{made['attachment_id']}").status == 204
    assert made["attachment_id"] not in {
        row["attachment_id"] for row in caller.get(f"{issue}/attachments", page=1)["attachments"]
    }
    assert caller.send("GET", f"{PP}/attachments/{made['attachment_id']}").status == 404


def test_files_are_listed_in_two_places(caller, issue, number):
    """With the issue, and in the project, whose key is singular, and which has 404 for none."""
    mine = caller.get(f"{issue}/attachments")["attachments"]
    asked = {"entity_type": "bug", "entity_id": number}
    assert caller.get(f"{PP}/attachments", **asked)["attachment"] == mine
    caller.switch(attachment_key="plural")
    assert caller.get(f"{PP}/attachments", **asked)["attachments"] == mine
    assert caller.send("GET", f"{PP}/attachments", entity_type="bug").status == 400
    assert caller.send("GET", f"{PP}/attachments", entity_type="bug", entity_id="1").status == 404
    for where, found in (("issue", [200, 404]), ("project", [404, 200])):
        caller.switch(attachments_path=where)
        answers = [caller.send("GET", f"{issue}/attachments"), caller.send("GET", f"{PP}/attachments", **asked)]
        assert [answer.status for answer in answers] == found


def test_some_files_have_no_id(caller):
    """``attachment_id`` is -1, and ``third_party_file_id`` what tells them apart."""
    caller.switch(attachment_ids="some -1")
    rows = [
        row
        for bug in caller.tracker.store.bugs.of(PROJECT_BASE)
        if bug.attachment_count
        for row in caller.get(f"{PP}/issues/{bug.id}/attachments")["attachments"]
    ]
    ids = [row["attachment_id"] for row in rows]
    assert "-1" in ids
    assert len({row["third_party_file_id"] for row in rows}) == len(rows)


def test_files_need_workdrive_and_its_scopes(caller, scopes, issue):
    """Without WorkDrive, or without its scopes, nothing can be uploaded."""
    upload = {"upload_file": ("a", b"x")}
    caller.switch(workdrive=False)
    assert caller.error(caller.upload(f"{P}/attachments", upload))["title"] == "REQUIRED_PARAMETER_MISSING"
    caller.switch(workdrive=True)
    caller.grant = scopes("ZohoProjects.portals.ALL", "ZohoProjects.bugs.ALL")
    assert caller.error(caller.upload(f"{P}/attachments", upload))["title"] == "INVALID_OAUTHSCOPE"
    assert caller.send("GET", f"{issue}/attachments").status == 200


def test_a_download_may_need_the_token(caller, issue):
    """Whether it does is not recorded."""
    url = caller.get(f"{issue}/attachments")["attachments"][0]["download_url"]
    caller.switch(downloads_need_token=True)
    assert caller.tracker.handle(Request("GET", url), None, at="files").status == 401
    assert caller.tracker.handle(Request("GET", url), caller.grant, at="files").status == 200
    assert caller.tracker.handle(Request("GET", url + "9"), caller.grant, at="files").status == 404
    assert caller.tracker.handle(Request("GET", "https://x/y"), caller.grant, at="files").status == 404


def test_followers(caller, issue, newer):
    """Under one of two keys; without a body refused; in v3.1 one follows oneself."""
    users = caller.get(f"{P}/users", page=1)["users"]
    first, second = users[1]["zpuid"], users[2]["zpuid"]
    assert caller.json("POST", f"{issue}/followers", {"followers": [{"zpuid": first}]}).status == 200
    assert caller.json("POST", f"{issue}/followers", {"follower_ids": [second]}).status == 400
    caller.switch(followers_body="follower_ids")
    assert caller.json("POST", f"{issue}/followers", {"followers": [{"zpuid": second}]}).status == 400
    assert caller.json("POST", f"{issue}/followers", {"follower_ids": [second]}).status == 200
    caller.switch(followers_body="both")
    assert caller.json("POST", f"{issue}/followers", {"follower_ids": [first]}).status == 200
    assert caller.error(caller.send("POST", f"{issue}/followers"))["title"] == "INVALID_INPUTSTREAM"
    assert caller.json("POST", f"{issue}/followers", {}).status == 400
    assert {row["zpuid"] for row in caller.get(f"{issue}/followers", page=1)["followers"]} == {first, second}
    assert caller.send("POST", f"{newer}/follow").status == 200
    assert len(caller.get(f"{newer}/followers", page=1)["followers"]) == 3
    assert caller.send("POST", f"{newer}/unfollow").status == 204
    assert len(caller.get(f"{issue}/followers", page=1)["followers"]) == 2
    assert caller.error(caller.send("GET", f"{issue}/followers"))["title"] == "LESS_THAN_MIN_OCCURANCE"


def test_a_resolution(caller, issue, newer):
    """Nested in ``issue_resolution``, where it is missing once it was deleted; it may set the status."""
    assert caller.get(f"{issue}/resolution") == {"issue_resolution": {}}
    assert body(caller.json("POST", f"{issue}/resolution", {"resolution": "Done"})) == {
        "issue_resolution": {"resolution": "Done"}
    }
    statuses = caller.get(f"{P}/settings/layouts", module="issues")["layouts"][0]["statuses"]
    closed = next(one["id"] for one in statuses if one["is_closed_type"])
    assert caller.json("PUT", f"{issue}/resolution", {"resolution": "Fixed", "status_id": closed}).status == 200
    assert caller.get(issue)[0]["status"]["is_closed_type"] is True
    assert caller.json("PATCH", f"{newer}/resolution", {"resolution": "Better"}).status == 200
    assert caller.send("DELETE", f"{issue}/resolution").status == 204
    assert caller.get(f"{issue}/resolution") == {"issue_resolution": {}}


def test_links_nest_by_their_type(caller, issue, number, newer):
    """Each end sees the link, in the word of its side; it has an id of its own."""
    other = next(x["id"] for x in caller.get(f"{PP}/issues", page=1)["issues"] if x["id"] != number)
    assert caller.get(f"{issue}/linkedissues") == {"issue_linked": {"linked_issues": {}}}
    sent = {"link_type": "blocks", "issue_ids": [other]}
    linked = body(caller.json("POST", f"{issue}/link", sent))["issue_linked"]["linked_issues"]
    (link,) = linked["blocks"]
    assert link["issue_id"] == other
    there = f"{PP}/issues/{other}/linkedissues"
    assert caller.get(there)["issue_linked"]["linked_issues"]["is_blocked_by"][0]["issue_id"] == number
    assert caller.get(f"{newer}/linked-issues") == caller.get(f"{issue}/linkedissues")
    assert caller.json("POST", f"{issue}/link/{link['link_id']}", {"link_type": "relate"}).status == 200
    assert "relate" in caller.get(there)["issue_linked"]["linked_issues"]
    assert caller.send("DELETE", f"{issue}/link/{link['link_id']}").status == 204
    assert caller.send("DELETE", f"{issue}/link/{link['link_id']}").status == 404
    bulk = {"issue_id": number, **sent}
    again = body(caller.json("POST", f"{PP}/issues/bulk-link-bugs", bulk))["issue_linked"]["linked_issues"]["blocks"]
    many = f"/api/v3.1/portal/{PORTAL_ID}/projects/{PROJECT_BASE}/issue-links"
    assert caller.json("POST", many, {**bulk, "link_type": "duplicate"}).status == 200
    assert caller.json("DELETE", many, {"link_ids": [again[0]["link_id"]]}).status == 204
    assert set(caller.get(there)["issue_linked"]["linked_issues"]) == {"duplicate"}
    assert caller.json("POST", f"{issue}/link", {"link_type": "relate", "issue_ids": [number]}).status == 400


def test_what_happened(caller, issue, newer):
    """Activities, oldest or newest first, and the history of the status in two words."""
    caller.json("POST", f"{issue}/resolution", {"resolution": "Done"})
    rows = caller.get(f"{issue}/activities", sort_by="ASC(created_time)")["activities"]
    assert rows[-1]["activity"] == "resolved"
    assert {"id", "time", "user", "activity", "field"} == set(rows[0])
    newest = caller.get(f"{issue}/activities", sort_by="DESC(created_time)")["activities"]
    assert newest == rows[::-1]
    steps = caller.get(f"{issue}/statustransition")["timeline"]
    assert steps[0]["status"]["name"] == "Open"
    assert caller.get(f"{newer}/status-timeline")["status_timeline"] == steps


def test_the_envelopes_of_an_issues_parts_have_two_spellings(caller, issue):
    """``comments`` and its kin, or ``comment``, ``attachment_details`` and theirs, as third parties saw."""
    spellings = {
        "comments": "comment",
        "attachments": "attachment_details",
        "activities": "activity_details",
        "followers": "issue_follower",
    }
    for part, other in spellings.items():
        caller.switch(v3_envelope_keys="plural")
        plural = caller.get(f"{issue}/{part}", page=1)
        caller.switch(v3_envelope_keys="details")
        assert caller.get(f"{issue}/{part}", page=1)[other] == plural[part]
