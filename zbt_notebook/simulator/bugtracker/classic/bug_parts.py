"""What hangs on a bug: comments, attachments, followers, resolution, timer."""

from dataclasses import replace

from zbt_notebook.simulator.bugtracker.bug_query import wanted
from zbt_notebook.simulator.bugtracker.bug_writing import file_uploads, resolve, say, touch, unsay
from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import BUG, PROJECT, Collection
from zbt_notebook.simulator.bugtracker.classic.downloads import download
from zbt_notebook.simulator.bugtracker.kinds import File, Identifiers, Json, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import DELETED, many
from zbt_notebook.simulator.data.rows import Attachment, Bug, Comment, Member


def comment_shape(call: Call, comment: Comment) -> Json:
    """Shape a comment."""
    return {
        "id": comment.id,
        "id_string": str(comment.id),
        "content": comment.content,
        "added_by": str(comment.author),
        "added_person": call.name(comment.author),
        **call.triple("created_time", comment.created_ms),
    }


def list_comments(call: Call) -> Answer:
    """List a bug's comments, oldest first."""
    rows = call.page(call.store.comments.of(call.bug.id))
    return listing("comments", [comment_shape(call, comment) for comment in rows])


def list_all_comments(call: Call) -> Answer:
    """List the comments of many bugs: those with the newest bugs first."""
    first, size = max(call.values.get("index", 1), 1), call.values.get("range", 100)
    rows: list[Comment] = []
    for bug in wanted(call, call.project.id):
        rows += call.store.comments.of(bug.id) if bug.comment_count else ()
        if len(rows) >= first + size:
            break
    return listing("comments", [comment_shape(call, row) | {"bug_id": str(row.parent_id)} for row in call.page(rows)])


def add_comment(call: Call) -> Answer:
    """Comment on a bug."""
    return Answer(201, {"comments": [comment_shape(call, say(call, call.bug, call.values["content"]))]})


def delete_comment(call: Call) -> Answer:
    """Delete a comment."""
    unsay(call)
    return succeeded("Comment deleted")


def attachment_shape(call: Call, row: Attachment) -> Json:
    """Shape an attachment; Zoho's own shape is not known."""
    return {
        "attachment_id": str(row.id),
        "file_name": row.file_name,
        "file_size": str(len(row.content)),
        "file_type": row.content_type,
        "uploaded_by": str(row.author),
        "uploaded_person": call.name(row.author),
        **call.triple("uploaded_time", row.created_ms),
        "link": {"self": call.link("projects", row.project_id, "bugs", row.parent_id, "attachments", row.id)},
    }


def list_attachments(call: Call) -> Answer:
    """List a bug's files."""
    rows = call.store.attachments.of(call.bug.id)
    return listing("attachments", [attachment_shape(call, row) for row in rows])


def add_attachments(call: Call) -> Answer:
    """Attach files."""
    return Answer(201, {"attachments": [attachment_shape(call, row) for row in file_uploads(call, "uploaddoc")]})


def download_attachment(call: Call) -> Answer:
    """Give the file itself, never to be shown as a page of this site."""
    row = call.store.attachments.find(call.bug.id, call.number("attachment"), "Attachment")
    return download(row.content, row.file_name)


def delete_attachment(call: Call) -> Answer:
    """Delete a file."""
    bug, attachments = call.bug, call.store.attachments
    attachments.remove(attachments.find(bug.id, call.number("attachment"), "Attachment"))
    touch(call, bug, "deleted a file", attachment_count=len(attachments.of(bug.id)))
    return succeeded("Attachment deleted")


def _followers(call: Call, bug: Bug) -> list[Json]:
    members = [call.store.members.get(one) for one in bug.followers]
    return [
        {"follower_id": str(one.id), "follower_name": one.name, "follower_email": one.email} for one in members if one
    ]


def list_followers(call: Call) -> Answer:
    """List who follows a bug."""
    return listing("bugfollowers", _followers(call, call.bug))


def _named(call: Call) -> list[Member]:
    numbers = sorted(call.values["bug_followers"])
    return [call.store.find_member(number, "The user of bug_followers") for number in numbers]


def add_followers(call: Call) -> Answer:
    """Let people follow a bug."""
    bug = call.bug
    ids = (*bug.followers, *(one.id for one in _named(call) if one.id not in bug.followers))
    return Answer(200, {"bugfollowers": _followers(call, touch(call, bug, "added followers", followers=ids))})


def remove_followers(call: Call) -> Answer:
    """Let people no longer follow a bug; everybody, where nobody is named."""
    bug = call.bug
    gone = {one.id for one in _named(call)} if "bug_followers" in call.values else set(bug.followers)
    touch(call, bug, "removed followers", followers=tuple(one for one in bug.followers if one not in gone))
    return succeeded("Followers deleted")


def _resolution(call: Call, bug: Bug) -> Json:
    at = bug.resolved_ms if bug.resolved_ms is not None else bug.updated_ms
    return {
        "resolution": bug.resolution,
        "resolved_by": str(bug.resolved_by),
        "resolved_person": call.name(bug.resolved_by),
        **call.triple("resolved_time", at),
    }


def get_resolution(call: Call) -> Answer:
    """Show how a bug was resolved."""
    bug = call.bug
    return listing("resolution", [_resolution(call, bug)] if bug.resolution else [])


def set_resolution(call: Call) -> Answer:
    """Say how a bug was resolved."""
    status = 200 if call.request.method == "PUT" else 201
    return Answer(status, {"resolution": [_resolution(call, resolve(call))]})


def delete_resolution(call: Call) -> Answer:
    """Take the resolution back."""
    touch(call, call.bug, "removed the resolution", resolution="", resolved_by=0, resolved_ms=None)
    return succeeded("Resolution deleted")


def get_timer(call: Call) -> Answer:
    """Show the caller's timer at a bug, which the first look starts."""
    bug = call.bug
    started = call.store.timers.setdefault((bug.id, call.user.id), call.now_ms)
    elapsed = (call.now_ms - started) // 1000
    timer = {"bug_id": str(bug.id), "owner_id": str(call.user.id), "status": "running", "elapsed_seconds": elapsed}
    return Answer(200, {"timer": [timer]})


_COMMENTS = Collection(f"{BUG}/comments/", "comment", "bugs", many("comments", "Comment"))
_ALL_COMMENTS = replace(_COMMENTS, path=f"{PROJECT}/bugs/comments/")
_FILES = Collection(f"{BUG}/attachments/", "attachment", "bugs", many("attachments", "Attachment"))
_FOLLOWERS = Collection(f"{BUG}/bugfollowers/", "follower", "bugs", many("bugfollowers", "Follower"))
_RESOLUTION = Collection(f"{BUG}/resolution/", "resolution", "bugs", many("resolution", "Resolution"))
_WHO = Parameter("bug_followers", Identifiers())
_HOW = Parameter("resolution", Text(shortest=1), required=True)
ROUTES = (
    _COMMENTS.listed_by(list_comments, "List a bug's comments"),
    _COMMENTS.created_by(add_comment, "Comment on a bug", Parameter("content", Text(shortest=1), required=True)),
    _ALL_COMMENTS.listed_by(list_all_comments, "List the comments of many bugs"),
    _COMMENTS.deleted_by(delete_comment, "Delete a comment"),
    _FILES.listed_by(list_attachments, "List a bug's files", paged=False),
    _FILES.created_by(add_attachments, "Attach a file", Parameter("uploaddoc", File(), required=True)),
    Route("GET", _FILES.one, "bugs.READ", download_attachment, "Download a file", binary=True),
    _FILES.deleted_by(delete_attachment, "Delete a file"),
    _FOLLOWERS.listed_by(list_followers, "List followers", paged=False),
    Route(
        "POST",
        _FOLLOWERS.path,
        "bugs.UPDATE",
        add_followers,
        "Add followers",
        body=(replace(_WHO, required=True),),
        returns=_FOLLOWERS.returns,
    ),
    Route(
        "DELETE", _FOLLOWERS.path, "bugs.DELETE", remove_followers, "Remove followers", query=(_WHO,), returns=DELETED
    ),
    _RESOLUTION.listed_by(get_resolution, "Show the resolution", paged=False),
    _RESOLUTION.created_by(set_resolution, "Resolve", _HOW),
    Route(
        "PUT",
        _RESOLUTION.path,
        "bugs.UPDATE",
        set_resolution,
        "Change the resolution",
        body=(_HOW,),
        returns=_RESOLUTION.returns,
    ),
    Route("DELETE", _RESOLUTION.path, "bugs.DELETE", delete_resolution, "Remove the resolution", returns=DELETED),
    Route("GET", f"{BUG}/timer", "bugs.READ", get_timer, "Show the timer", returns=many("timer", "Timer")),
)
