"""Comments, files, followers, resolution and timer of a bug."""

import json

import pytest

from zbt_notebook.simulator.bugtracker.bug_writing import check_size
from zbt_notebook.simulator.bugtracker.refusals import Refused


@pytest.fixture
def bug(caller, home):
    """The address of a bug that has comments."""
    listed = caller.get(f"{home}/bugs/", range=200)["bugs"]
    return f"{home}/bugs/{next(one['id'] for one in listed if int(one['comment_count']) > 1)}"


def detail(caller, bug):
    return caller.get(f"{bug}/")["bugs"][0]


def test_there_are_as_many_comments_as_the_bug_says(caller, bug):
    """``comment_count`` counts what the list of comments holds, oldest first."""
    comments = caller.get(f"{bug}/comments/")["comments"]
    assert len(comments) == int(detail(caller, bug)["comment_count"])
    times = [comment["created_time_long"] for comment in comments]
    assert times == sorted(times)
    assert {"id", "content", "added_by", "added_person", "created_time", "created_time_format"} <= set(comments[0])


def test_a_comment_is_added_and_deleted(caller, bug):
    """A comment written shows in the list, in the count and in the bug's time of update."""
    before = detail(caller, bug)
    caller.clock.advance(60)
    answer = caller.form(f"{bug}/comments/", content="<div>Seen again</div>")
    assert answer.status == 201
    comment = json.loads(answer.body)["comments"][0]
    assert comment["added_person"] == "Maya Lindqvist"
    after = detail(caller, bug)
    assert int(after["comment_count"]) == int(before["comment_count"]) + 1
    assert after["updated_time_long"] > before["updated_time_long"]
    assert caller.get(f"{bug}/comments/")["comments"][-1] == comment
    assert caller.send("DELETE", f"{bug}/comments/{comment['id']}/").status == 200
    assert caller.send("DELETE", f"{bug}/comments/{comment['id']}/").status == 404
    assert detail(caller, bug)["comment_count"] == before["comment_count"]


def test_comments_of_many_bugs_come_in_one_list(caller, home):
    """The list of all comments pages through the comments of every bug."""
    listed = caller.get(f"{home}/bugs/", range=200)["bugs"]
    first = caller.get(f"{home}/bugs/comments/", range=200)["comments"]
    assert len(first) == min(sum(int(one["comment_count"]) for one in listed), 200)
    assert caller.get(f"{home}/bugs/comments/", index=3, range=2)["comments"] == first[2:4]


def test_files_go_up_and_come_down_unchanged(caller, bug):
    """Every byte of an upload comes back, under a name that fits a header, never as a page."""
    content = bytes(range(256)) + b"\r\n--edg\r\r\n\n"
    answer = caller.upload(f"{bug}/attachments/", {"uploaddoc": ("Grüße.bin", content)})
    assert answer.status == 201
    made = json.loads(answer.body)["attachments"][0]
    assert (made["file_name"], made["file_size"]) == ("Grüße.bin", str(len(content)))
    assert made in caller.get(f"{bug}/attachments/")["attachments"]
    down = caller.send("GET", f"{bug}/attachments/{made['attachment_id']}/")
    assert down.body == content
    assert dict(down.headers)["Content-Type"] == "application/octet-stream"
    assert dict(down.headers)["Content-Disposition"].isascii()
    count = int(detail(caller, bug)["attachment_count"])
    assert caller.send("DELETE", f"{bug}/attachments/{made['attachment_id']}/").status == 200
    assert int(detail(caller, bug)["attachment_count"]) == count - 1


def test_files_come_along_with_a_new_bug(caller, home):
    """``uploaddoc`` is a file part of the create call's multipart body, beside its fields."""
    answer = caller.upload(f"{home}/bugs/", {"uploaddoc": ("log.txt", b"lines")}, title="With a file")
    assert answer.status == 201
    bug = json.loads(answer.body)["bugs"][0]
    assert (bug["title"], bug["attachment_count"]) == ("With a file", "1")


def test_generated_files_can_be_read(caller, home):
    """A generated bug that counts attachments has them."""
    listed = caller.get(f"{home}/bugs/", range=200)["bugs"]
    bug = next(one for one in listed if one["attachment_count"] != "0")
    rows = caller.get(f"{home}/bugs/{bug['id']}/attachments/")["attachments"]
    assert len(rows) == int(bug["attachment_count"])
    down = caller.send("GET", rows[0]["link"]["self"]["url"].removeprefix("https://bugtracker.sandbox.test"))
    assert len(down.body) == int(rows[0]["file_size"])


def test_an_upload_without_a_file_is_refused(caller, bug):
    """An attachment call without a file part misses its parameter."""
    answer = caller.form(f"{bug}/attachments/", note="nothing")
    assert answer.status == 400
    assert caller.error(answer)["title"] == "LESS_THAN_MIN_OCCURANCE"


def test_files_over_128_mb_are_refused():
    """Zoho takes 128 MB and no more."""
    check_size("uploaddoc", 128 * 1024 * 1024)
    with pytest.raises(Refused):
        check_size("uploaddoc", 128 * 1024 * 1024 + 1)


def test_followers(caller, home, bug):
    """Followers are added, listed and removed; nobody following is 204."""
    users = caller.get(f"{home}/users/")["users"]
    assert caller.send("GET", f"{bug}/bugfollowers/").status == 204
    ids = ",".join(user["id"] for user in users[:2])
    assert caller.form(f"{bug}/bugfollowers/", bug_followers=ids).status == 200
    followers = caller.get(f"{bug}/bugfollowers/")["bugfollowers"]
    assert {one["follower_id"] for one in followers} == {user["id"] for user in users[:2]}
    assert caller.send("DELETE", f"{bug}/bugfollowers/", bug_followers=users[0]["id"]).status == 200
    assert len(caller.get(f"{bug}/bugfollowers/")["bugfollowers"]) == 1


def test_resolution(caller, bug):
    """A resolution is set, changed, read and removed."""
    assert caller.send("GET", f"{bug}/resolution/").status == 204
    assert caller.form(f"{bug}/resolution/", resolution="Cache cleared").status == 201
    assert caller.form(f"{bug}/resolution/", "PUT", resolution="Cache fixed").status == 200
    shown = caller.get(f"{bug}/resolution/")["resolution"][0]
    assert (shown["resolution"], shown["resolved_person"]) == ("Cache fixed", "Maya Lindqvist")
    assert caller.send("DELETE", f"{bug}/resolution/").status == 200
    assert caller.send("GET", f"{bug}/resolution/").status == 204


def test_the_timer_runs_by_the_sandboxs_clock(caller, bug):
    """Seconds pass at a timer when the clock is moved."""
    assert caller.get(f"{bug}/timer")["timer"][0]["elapsed_seconds"] == 0
    caller.clock.advance(90)
    assert caller.get(f"{bug}/timer")["timer"][0]["elapsed_seconds"] == 90


def test_activities_tell_what_was_written(caller, bug):
    """What is done to a bug is told in its activities and in its project's."""
    caller.form(f"{bug}/comments/", content="Hello")
    activities = caller.get(f"{bug}/activities/")["activities"]
    assert activities[0]["state"] == "added"
    assert (activities[-1]["state"], activities[-1]["activity_by"]) == ("commented", "Maya Lindqvist")
    assert set(activities[0]) == {
        "id", "name", "activity_for", "activity_by", "state", "time", "time_long", "display_time",
    }  # fmt: skip
