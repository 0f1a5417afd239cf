"""What hangs on an issue in V3."""

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.bug_writing import file_uploads, resolve, say, touch, unsay
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.classic.activities import activities
from zbt_notebook.simulator.bugtracker.classic.downloads import download
from zbt_notebook.simulator.bugtracker.kinds import File, Identifier, Json, Text
from zbt_notebook.simulator.bugtracker.parameters import ManyOf, Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, paged
from zbt_notebook.simulator.bugtracker.v3.issue_shape import issue, person
from zbt_notebook.simulator.bugtracker.v3.paging import envelope_key, enveloped, listed
from zbt_notebook.simulator.data.rows import Activity, Attachment, Comment

HERE = "/api/v3/portal/{portal}/projects/{project}/issues/{bug}"


def _comment(call: Call, row: Comment) -> Json:
    author = person(call, row.author)
    return {"id": str(row.id), "comment": row.content, "created_by": author, "created_time": dates.iso(row.created_ms)}


def list_comments(call: Call) -> Answer:
    """List comments, in an envelope."""
    return enveloped(call, "comments", call.store.comments.of(call.bug.id), lambda row: _comment(call, row))


def add_comment(call: Call) -> Answer:
    """Comment; the answer is, unlike the list, a bare array."""
    return Answer(201, [_comment(call, say(call, call.bug, call.values["comment"]))])


def delete_comment(call: Call) -> Answer:
    """Delete a comment."""
    unsay(call)
    return NOTHING


def _attachment(call: Call, row: Attachment) -> Json:
    return {
        "id": str(row.id),
        "name": row.file_name,
        "size": str(len(row.content)),
        "uploaded_by": person(call, row.author),
        "uploaded_time": dates.iso(row.created_ms),
    }


def list_attachments(call: Call) -> Answer:
    """List files."""
    return enveloped(call, "attachments", call.store.attachments.of(call.bug.id), lambda row: _attachment(call, row))


def add_attachments(call: Call) -> Answer:
    """Attach files, sent as multipart."""
    return Answer(201, [_attachment(call, row) for row in file_uploads(call, "upload_file")])


def download_attachment(call: Call) -> Answer:
    """Give a file."""
    row = call.store.attachments.find(call.bug.id, call.number("attachment"), "Attachment")
    return download(row.content, row.file_name)


def _activity(call: Call, row: Activity) -> Json:
    author = person(call, row.author)
    return {
        "id": str(row.id),
        "name": row.name,
        "state": row.state,
        "performed_by": author,
        "time": dates.iso(row.at_ms),
    }


def list_activities(call: Call) -> Answer:
    """List what happened."""
    return enveloped(call, "activities", activities(call, call.bug), lambda row: _activity(call, row))


def list_followers(call: Call) -> Answer:
    """List followers."""
    return enveloped(call, "followers", call.bug.followers, lambda member: person(call, member))


def add_followers(call: Call) -> Answer:
    """Add followers."""
    bug = call.bug
    members = [call.store.find_member(named["zpuid"], "Follower") for named in call.values["followers"]]
    ids = dict.fromkeys((*bug.followers, *(member.id for member in members)))
    changed = touch(call, bug, "added followers", followers=tuple(ids))
    return Answer(200, [person(call, member) for member in changed.followers])


def get_resolution(call: Call) -> Answer:
    """Show how it was resolved; empty where it was not."""
    return Answer(200, {envelope_key(call, "resolution"): call.bug.resolution})


def set_resolution(call: Call) -> Answer:
    """Say how it was resolved."""
    return Answer(200, {envelope_key(call, "resolution"): resolve(call).resolution})


def list_linked(call: Call) -> Answer:
    """List the issues that this one is linked with."""
    linked = [bug for bug in map(call.store.bugs.get, sorted(call.store.links.get(call.bug.id, ()))) if bug]
    return enveloped(call, "linkedissues", linked, lambda bug: issue(call, bug, described=False))


def link_issues(call: Call) -> Answer:
    """Link issues with this one; the link holds both ways."""
    bug = call.bug
    others = [call.store.bugs.find(named["id"], "Issue") for named in call.values["issues"]]
    for other in others:
        if other.id != bug.id:
            call.store.links[bug.id].add(other.id)
            call.store.links[other.id].add(bug.id)
    return Answer(200, [issue(call, other, described=False) for other in others])


_RESOLUTION = {"type": "object", "properties": {"resolution": {"type": "string"}}, "required": ["resolution"]}
_PEOPLE = ManyOf((Parameter("zpuid", Identifier(), required=True),))
_ISSUES = ManyOf((Parameter("id", Identifier(), required=True),))
ROUTES = (
    listed(f"{HERE}/comments", "bugs.READ", list_comments, "List comments", paged("comments", "V3Comment")),
    Route(
        "POST",
        f"{HERE}/comments",
        "bugs.CREATE",
        add_comment,
        "Comment",
        body=(Parameter("comment", Text(shortest=1), required=True),),
        returns=array("V3Comment"),
        status=201,
    ),
    Route("DELETE", f"{HERE}/comments/{{comment}}", "bugs.DELETE", delete_comment, "Delete a comment", status=204),
    listed(f"{HERE}/attachments", "bugs.READ", list_attachments, "List files", paged("attachments", "V3Attachment")),
    Route(
        "POST",
        f"{HERE}/attachments",
        "bugs.CREATE",
        add_attachments,
        "Attach a file",
        body=(Parameter("upload_file", File(), required=True),),
        returns=array("V3Attachment"),
        status=201,
    ),
    Route(
        "GET", f"{HERE}/attachments/{{attachment}}", "bugs.READ", download_attachment, "Download a file", binary=True
    ),
    listed(f"{HERE}/activities", "bugs.READ", list_activities, "List what happened", paged("activities", "V3Activity")),
    listed(f"{HERE}/followers", "bugs.READ", list_followers, "List followers", paged("followers", "Person")),
    Route(
        "POST",
        f"{HERE}/followers",
        "bugs.UPDATE",
        add_followers,
        "Add followers",
        body=(Parameter("followers", _PEOPLE, required=True),),
        returns=array("Person"),
    ),
    Route("GET", f"{HERE}/resolution", "bugs.READ", get_resolution, "Show the resolution", returns=_RESOLUTION),
    Route(
        "POST",
        f"{HERE}/resolution",
        "bugs.UPDATE",
        set_resolution,
        "Resolve",
        body=(Parameter("resolution", Text(), required=True),),
        returns=_RESOLUTION,
    ),
    listed(f"{HERE}/linkedissues", "bugs.READ", list_linked, "List linked issues", paged("linkedissues", "Issue")),
    Route(
        "POST",
        f"{HERE}/linkedissues",
        "bugs.UPDATE",
        link_issues,
        "Link issues",
        body=(Parameter("issues", _ISSUES, required=True),),
        returns=array("Issue"),
    ),
)
