"""What is said in projects, at milestones and in forums."""

from collections.abc import Callable

from zbt_notebook.simulator.bugtracker import dates
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.classic.forums import forum_of
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Json, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import array, many, one, paged
from zbt_notebook.simulator.bugtracker.v3.paging import enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import J
from zbt_notebook.simulator.bugtracker.v3.people import person
from zbt_notebook.simulator.data.rows import Comment, Forum

Parent = Callable[[Call], int]


def of_project(call: Call) -> int:
    """Comments on the project itself."""
    return call.project.id


def of_milestone(call: Call) -> int:
    """Comments on a milestone."""
    return call.store.milestones.find(call.number("milestone"), "Milestone", call.project.id).id


def _said(call: Call, row: Comment) -> Json:
    return {
        "id": str(row.id),
        "content": row.content,
        "created_by": person(call, row.author),
        "created_time": dates.iso(row.created_ms),
        "last_modified_time": dates.iso(row.changed_ms or row.created_ms),
    }


def _lister(parent: Parent, key: str) -> Callable[[Call], Answer]:
    return lambda call: enveloped(call, key, call.store.comments.of(parent(call)), lambda row: _said(call, row))


def _say(call: Call, parent: int) -> Comment:
    made = Comment(call.store.take_id(), call.project.id, parent, call.user.id, call.values["content"], call.now_ms)
    return call.store.comments.add(made)


def _sayer(parent: Parent) -> Callable[[Call], Answer]:
    return lambda call: Answer(201, _said(call, _say(call, parent(call))))


def _row(call: Call) -> Comment:
    return call.store.comments.find(call.project.id, call.number("remark"), "Comment")


def get_remark(call: Call) -> Answer:
    """Show one comment on the project."""
    return Answer(200, _said(call, _row(call)))


def change_remark(call: Call) -> Answer:
    """Change what a comment on the project says."""
    changed = call.store.comments.change(
        _row(call), content=call.values["content"], changed_ms=call.now_ms, changed_by=call.user.id
    )
    return Answer(200, _said(call, changed))


def delete_remark(call: Call) -> Answer:
    """Delete a comment on the project."""
    call.store.comments.remove(_row(call))
    return NOTHING


def _forum(call: Call, forum: Forum) -> Json:
    return {
        "id": str(forum.id),
        "title": forum.name,
        "content": forum.content,
        "category_id": str(forum.category_id),
        "created_by": person(call, forum.author),
        "created_time": dates.iso(forum.created_ms),
    }


def list_forums(call: Call) -> Answer:
    """List discussions."""
    return enveloped(call, "forums", call.store.forums.of(call.project.id), lambda forum: _forum(call, forum))


def get_forum(call: Call) -> Answer:
    """Show one discussion: in an envelope of one."""
    return Answer(200, {"forums": [_forum(call, forum_of(call))]})


def _category(call: Call) -> int:
    number: int = call.values.get("category_id", 0)
    if number:
        call.store.categories.find(number, "Category", call.project.id)
    return number


def create_forum(call: Call) -> Answer:
    """Begin a discussion."""
    values = call.values
    made = Forum(
        call.store.take_id(),
        call.project.id,
        values["title"],
        values["content"],
        call.user.id,
        call.now_ms,
        _category(call),
    )
    call.store.comments.begin(made.id)
    return Answer(201, {"forums": [_forum(call, call.store.forums.put(made))]})


def update_forum(call: Call) -> Answer:
    """Change a discussion."""
    forum = forum_of(call)
    changes = {**call.columns("content", title="name"), "category_id": _category(call) or forum.category_id}
    return Answer(200, {"forums": [_forum(call, call.store.forums.change(forum, **changes))]})


def delete_forum(call: Call) -> Answer:
    """Delete a discussion."""
    call.store.forums.remove(forum_of(call))
    return NOTHING


def answer_forum(call: Call) -> Answer:
    """Say something in a discussion: the answer is an object."""
    return Answer(201, _said(call, _say(call, forum_of(call).id)))


def list_categories(call: Call) -> Answer:
    """List the drawers of discussions as a bare array."""
    rows = call.store.categories.of(call.project.id)
    return Answer(200, [{"id": str(row.id), "name": row.name} for row in rows])


_CONTENT = (Parameter("content", Text(shortest=1), required=True),)
_TITLE = Parameter("title", Text(500, 1), required=True)
_CATEGORY = Parameter("category_id", Identifier())
_REMARK = f"{J}/comments/{{remark}}"
_PHASE = f"{J}/phases/{{milestone}}/comments"
_FORUM = f"{J}/forums/{{forum}}"
_SAID, _LISTED = one("V3Remark"), paged("comments", "V3Remark")
_FORUMS = many("forums", "V3Forum")
ROUTES = (
    listed(f"{J}/comments", "projects.READ", _lister(of_project, "comments"), "List comments on a project", _LISTED),
    Route(
        "POST",
        f"{J}/comments",
        "projects.CREATE",
        _sayer(of_project),
        "Comment on a project",
        body=_CONTENT,
        returns=_SAID,
        status=201,
    ),
    Route("GET", _REMARK, "projects.READ", get_remark, "Show a comment on a project", returns=_SAID),
    Route(
        "PATCH",
        _REMARK,
        "projects.UPDATE",
        change_remark,
        "Change a comment on a project",
        body=_CONTENT,
        returns=_SAID,
    ),
    Route("DELETE", _REMARK, "projects.DELETE", delete_remark, "Delete a comment on a project", status=204),
    listed(_PHASE, "milestones.READ", _lister(of_milestone, "comments"), "List comments on a milestone", _LISTED),
    Route(
        "POST",
        _PHASE,
        "milestones.CREATE",
        _sayer(of_milestone),
        "Comment on a milestone",
        body=_CONTENT,
        returns=_SAID,
        status=201,
    ),
    listed(f"{J}/forums", "forums.READ", list_forums, "List discussions", paged("forums", "V3Forum")),
    Route("GET", _FORUM, "forums.READ", get_forum, "Show a discussion", returns=_FORUMS),
    Route(
        "POST",
        f"{J}/forums",
        "forums.CREATE",
        create_forum,
        "Begin a discussion",
        body=(_TITLE, *_CONTENT, _CATEGORY),
        returns=_FORUMS,
        status=201,
    ),
    Route(
        "PATCH",
        _FORUM,
        "forums.UPDATE",
        update_forum,
        "Change a discussion",
        body=(Parameter("title", Text(500, 1)), Parameter("content", Text(shortest=1)), _CATEGORY),
        returns=_FORUMS,
    ),
    Route("DELETE", _FORUM, "forums.DELETE", delete_forum, "Delete a discussion", status=204),
    listed(
        f"{_FORUM}/comments",
        "forums.READ",
        _lister(lambda call: forum_of(call).id, "forum_comments"),
        "List what is said in a discussion",
        paged("forum_comments", "V3Remark"),
    ),
    Route(
        "POST",
        f"{_FORUM}/comments",
        "forums.CREATE",
        answer_forum,
        "Say something in a discussion",
        body=_CONTENT,
        returns=_SAID,
        status=201,
    ),
    Route(
        "GET",
        f"{J}/categories",
        "forums.READ",
        list_categories,
        "List the drawers of discussions",
        returns=array("Named"),
    ),
)
