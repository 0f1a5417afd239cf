"""Forums, their comments and their categories."""

from zbt_notebook.simulator.bugtracker.call import PAGING, Answer, Call, listing
from zbt_notebook.simulator.bugtracker.parameters import File, Identifier, Identifiers, Json, Parameter, Text, YesNo
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import DELETED, many
from zbt_notebook.simulator.data.rows import Category, Comment, Forum

PP = "/restapi/portal/{portal}/projects/{project}"


def forum_shape(call: Call, forum: Forum) -> Json:
    """Shape a discussion."""
    return {
        "id": forum.id,
        "name": forum.name,
        "content": forum.content,
        "is_sticky_post": forum.sticky,
        "is_announcement_post": forum.announcement,
        "posted_by": str(forum.author),
        "posted_person": call.name(forum.author),
        **call.triple("post_date", forum.created_ms),
        "link": {"self": call.link("projects", forum.project_id, "forums", forum.id)},
    }


def list_forums(call: Call) -> Answer:
    """List the discussions of a project."""
    return listing("forums", [forum_shape(call, forum) for forum in call.page(call.store.forums.of(call.project.id))])


def create_forum(call: Call) -> Answer:
    """Start a discussion."""
    values, project = call.values, call.project
    category = values.get("category_id", 0)
    if category:
        call.store.categories.find(category, "Category", project.id)
    made = Forum(
        call.store.take_id(), project.id, values["name"], values["content"], call.user.id, call.now_ms, category
    )
    return Answer(201, {"forums": [forum_shape(call, call.store.forums.put(made))]})


def _forum(call: Call) -> Forum:
    return call.store.forums.find(call.number("forum"), "Forum", call.project.id)


def update_forum(call: Call) -> Answer:
    """Change a discussion's name, text or place."""
    forum, values = _forum(call), call.values
    if category := values.get("category_id"):
        call.store.categories.find(category, "Category", call.project.id)
    changed = call.store.forums.change(
        forum,
        name=values.get("name", forum.name),
        content=values.get("content", forum.content),
        category_id=values.get("category_id", forum.category_id),
        sticky=values.get("is_sticky_post", forum.sticky),
        announcement=values.get("is_announcement_post", forum.announcement),
    )
    return Answer(200, {"forums": [forum_shape(call, changed)]})


def delete_forum(call: Call) -> Answer:
    """Delete a discussion."""
    call.store.forums.remove(_forum(call))
    return Answer(200, {"response": "Forum Post deleted successfully"})


def _comment_shape(call: Call, row: Comment) -> Json:
    return {
        "id": row.id,
        "id_string": str(row.id),
        "content": row.content,
        "posted_by": str(row.author),
        "posted_person": call.name(row.author),
        **call.triple("post_date", row.created_ms),
    }


def list_forum_comments(call: Call) -> Answer:
    """List what was answered in a discussion."""
    rows = call.page(call.store.comments.of(_forum(call).id))
    return listing("comments", [_comment_shape(call, row) for row in rows])


def add_forum_comment(call: Call) -> Answer:
    """Answer in a discussion."""
    forum = _forum(call)
    made = Comment(call.store.take_id(), forum.project_id, forum.id, call.user.id, call.values["content"], call.now_ms)
    return Answer(201, {"comments": [_comment_shape(call, call.store.comments.add(made))]})


def list_categories(call: Call) -> Answer:
    """List the categories of discussions."""
    rows = call.store.categories.of(call.project.id)
    return listing("categories", [{"id": row.id, "name": row.name} for row in rows])


def create_category(call: Call) -> Answer:
    """Add a category."""
    made = call.store.categories.put(Category(call.store.take_id(), call.project.id, call.values["name"]))
    return Answer(201, {"categories": [{"id": made.id, "name": made.name}]})


_ONE, _COMMENTS, _CATEGORIES = many("forums", "Forum"), many("comments", "Comment"), many("categories", "Category")
_HERE = f"{PP}/forums/{{forum}}/"
_NAME, _CONTENT = Text(500, 1), Text(shortest=1)
ROUTES = (
    Route(
        "GET", f"{PP}/forums/", "forums.READ", list_forums, "List discussions", query=PAGING, returns=_ONE, empty=True
    ),
    Route(
        "POST",
        f"{PP}/forums/",
        "forums.CREATE",
        create_forum,
        "Start a discussion",
        body=(
            Parameter("name", _NAME, required=True),
            Parameter("content", _CONTENT, required=True),
            Parameter("category_id", Identifier()),
            Parameter("notify", Identifiers()),
            Parameter("uploadfile", File()),
        ),
        returns=_ONE,
        status=201,
    ),
    Route(
        "POST",
        _HERE,
        "forums.UPDATE",
        update_forum,
        "Change a discussion",
        body=(
            Parameter("name", _NAME),
            Parameter("content", _CONTENT),
            Parameter("category_id", Identifier()),
            Parameter("is_sticky_post", YesNo()),
            Parameter("is_announcement_post", YesNo()),
        ),
        returns=_ONE,
    ),
    Route("DELETE", _HERE, "forums.DELETE", delete_forum, "Delete a discussion", returns=DELETED),
    Route(
        "GET",
        f"{_HERE}comments/",
        "forums.READ",
        list_forum_comments,
        "List answers",
        query=PAGING,
        returns=_COMMENTS,
        empty=True,
    ),
    Route(
        "POST",
        f"{_HERE}comments/",
        "forums.CREATE",
        add_forum_comment,
        "Answer",
        body=(Parameter("content", _CONTENT, required=True),),
        returns=_COMMENTS,
        status=201,
    ),
    Route(
        "GET", f"{PP}/categories/", "forums.READ", list_categories, "List categories", returns=_CATEGORIES, empty=True
    ),
    Route(
        "POST",
        f"{PP}/categories/",
        "forums.CREATE",
        create_category,
        "Add a category",
        body=(Parameter("name", _NAME, required=True),),
        returns=_CATEGORIES,
        status=201,
    ),
)
