"""Forum posts and their categories."""

from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import PROJECT, Collection
from zbt_notebook.simulator.bugtracker.kinds import File, Identifier, Identifiers, Json, Text, YesNo
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import DELETED, many
from zbt_notebook.simulator.data.rows import Category, Forum

FORUMS = Collection(f"{PROJECT}/forums/", "forum", "forums", many("forums", "Forum"))


def forum_shape(call: Call, forum: Forum) -> Json:
    """Shape a discussion."""
    return {
        "id": forum.id,
        "name": forum.name,
        "content": forum.content,
        "is_sticky_post": forum.sticky,
        "is_announcement_post": forum.announcement,
        "is_following": call.user.id in forum.followers,
        "posted_by": str(forum.author),
        "posted_person": call.name(forum.author),
        **call.triple("post_date", forum.created_ms),
        "link": {"self": call.link("projects", forum.project_id, "forums", forum.id)},
    }


def list_forums(call: Call) -> Answer:
    """List the discussions of a project, or of one of its categories."""
    rows = call.store.forums.of(call.project.id)
    if category := call.values.get("category_id"):
        rows = [forum for forum in rows if forum.category_id == category]
    return listing("forums", [forum_shape(call, forum) for forum in call.page(rows)])


def get_forum(call: Call) -> Answer:
    """Show one discussion."""
    return Answer(200, {"forums": [forum_shape(call, forum_of(call))]})


def create_forum(call: Call) -> Answer:
    """Start a discussion."""
    values, project = call.values, call.project
    category = values.get("category_id", 0)
    if category:
        call.store.categories.find(category, "Category", project.id)
    made = Forum(
        call.store.take_id(), project.id, values["name"], values["content"], call.user.id, call.now_ms, category
    )
    call.store.comments.begin(made.id)
    return Answer(201, {"forums": [forum_shape(call, call.store.forums.put(made))]})


def forum_of(call: Call) -> Forum:
    """The discussion of the path; Refused where this project has none of that id."""
    return call.store.forums.find(call.number("forum"), "Forum", call.project.id)


def update_forum(call: Call) -> Answer:
    """Change a discussion's name, text or place."""
    forum = forum_of(call)
    if category := call.values.get("category_id"):
        call.store.categories.find(category, "Category", call.project.id)
    columns = call.columns(
        "name", "content", "category_id", is_sticky_post="sticky", is_announcement_post="announcement"
    )
    changed = call.store.forums.change(forum, **columns)
    return Answer(200, {"forums": [forum_shape(call, changed)]})


def delete_forum(call: Call) -> Answer:
    """Delete a discussion."""
    call.store.forums.remove(forum_of(call))
    return succeeded("Forum Post deleted")


def follow(call: Call) -> Answer:
    """Follow a discussion."""
    return _following(call, on=True)


def unfollow(call: Call) -> Answer:
    """No longer follow a discussion."""
    return _following(call, on=False)


def _following(call: Call, *, on: bool) -> Answer:
    forum = forum_of(call)
    others = tuple(one for one in forum.followers if one != call.user.id)
    call.store.forums.change(forum, followers=(*others, call.user.id) if on else others)
    return succeeded(f"Forum {'followed' if on else 'unfollowed'}")


def list_categories(call: Call) -> Answer:
    """List the categories of discussions."""
    rows = call.store.categories.of(call.project.id)
    return listing("categories", [{"id": row.id, "name": row.name} for row in rows])


def create_category(call: Call) -> Answer:
    """Add a category."""
    made = call.store.categories.put(Category(call.store.take_id(), call.project.id, call.values["name"]))
    return Answer(201, {"categories": [{"id": made.id, "name": made.name}]})


def delete_category(call: Call) -> Answer:
    """Delete a category; its discussions stay, in none."""
    category = call.store.categories.find(call.number("category"), "Category", call.project.id)
    for forum in call.store.forums.of(category.project_id):
        if forum.category_id == category.id:
            call.store.forums.change(forum, category_id=0)
    call.store.categories.remove(category)
    return succeeded("Category deleted")


_CATEGORIES = Collection(f"{PROJECT}/categories/", "category", "forums", many("categories", "Category"))
_NAME, _CONTENT = Text(500, 1), Text(shortest=1)
_CATEGORY = Parameter("category_id", Identifier())
_EXTRAS = (_CATEGORY, Parameter("notify", Identifiers()), Parameter("uploadfile", File()))
ROUTES = (
    FORUMS.listed_by(list_forums, "List discussions", _CATEGORY),
    FORUMS.shown_by(get_forum, "Show a discussion"),
    FORUMS.created_by(
        create_forum,
        "Start a discussion",
        Parameter("name", _NAME, required=True),
        Parameter("content", _CONTENT, required=True),
        *_EXTRAS,
    ),
    FORUMS.changed_by(
        update_forum,
        "Change a discussion",
        Parameter("name", _NAME),
        Parameter("content", _CONTENT),
        *_EXTRAS,
        Parameter("is_sticky_post", YesNo()),
        Parameter("is_announcement_post", YesNo()),
    ),
    FORUMS.deleted_by(delete_forum, "Delete a discussion"),
    Route("POST", f"{FORUMS.one}follow", "forums.UPDATE", follow, "Follow a discussion", returns=DELETED),
    Route("POST", f"{FORUMS.one}unfollow", "forums.UPDATE", unfollow, "Unfollow a discussion", returns=DELETED),
    _CATEGORIES.listed_by(list_categories, "List categories", paged=False),
    _CATEGORIES.created_by(create_category, "Add a category", Parameter("name", _NAME, required=True)),
    _CATEGORIES.deleted_by(delete_category, "Delete a category"),
)
