"""What people answer in a discussion, and which answer is the best."""

from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import Collection
from zbt_notebook.simulator.bugtracker.classic.forums import FORUMS, forum_of
from zbt_notebook.simulator.bugtracker.kinds import Json, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import DELETED, many
from zbt_notebook.simulator.data.rows import Comment, Forum


def _shape(call: Call, forum: Forum, row: Comment) -> Json:
    return {
        "id": row.id,
        "id_string": str(row.id),
        "content": row.content,
        "posted_by": str(row.author),
        "posted_person": call.name(row.author),
        "is_best_answer": row.id == forum.best_answer,
        **call.triple("post_date", row.created_ms),
    }


def _one(call: Call, forum: Forum, row: Comment, status: int = 200) -> Answer:
    return Answer(status, {"comments": [_shape(call, forum, row)]})


def _answer(call: Call, forum: Forum) -> Comment:
    return call.store.comments.find(forum.id, call.number("answer"), "Comment")


def list_answers(call: Call) -> Answer:
    """List what was answered in a discussion."""
    forum = forum_of(call)
    return listing("comments", [_shape(call, forum, row) for row in call.page(call.store.comments.of(forum.id))])


def add_answer(call: Call) -> Answer:
    """Answer in a discussion."""
    forum = forum_of(call)
    made = Comment(call.store.take_id(), forum.project_id, forum.id, call.user.id, call.values["content"], call.now_ms)
    return _one(call, forum, call.store.comments.add(made), 201)


def change_answer(call: Call) -> Answer:
    """Say it otherwise."""
    forum = forum_of(call)
    return _one(call, forum, call.store.comments.change(_answer(call, forum), **call.values))


def delete_answer(call: Call) -> Answer:
    """Take an answer back; the best one leaves none behind."""
    forum = forum_of(call)
    row = _answer(call, forum)
    call.store.comments.remove(row)
    if forum.best_answer == row.id:
        call.store.forums.change(forum, best_answer=0)
    return succeeded("Comment deleted")


def mark_best(call: Call) -> Answer:
    """Mark an answer as the best, in the place of any other."""
    forum = forum_of(call)
    row = _answer(call, forum)
    return _one(call, call.store.forums.change(forum, best_answer=row.id), row)


def unmark_best(call: Call) -> Answer:
    """Take the mark away, where this answer has it."""
    forum = forum_of(call)
    row = _answer(call, forum)
    if forum.best_answer == row.id:
        call.store.forums.change(forum, best_answer=0)
    return succeeded("Best answer removed")


_ANSWERS = Collection(f"{FORUMS.one}comments/", "answer", "forums", many("comments", "Comment"))
_BEST = f"{_ANSWERS.one}markbestanswer"
_CONTENT = Text(shortest=1)
ROUTES = (
    _ANSWERS.listed_by(list_answers, "List answers"),
    _ANSWERS.created_by(add_answer, "Answer", Parameter("content", _CONTENT, required=True)),
    _ANSWERS.changed_by(change_answer, "Change an answer", Parameter("content", _CONTENT)),
    _ANSWERS.deleted_by(delete_answer, "Delete an answer"),
    _ANSWERS.changed_by(mark_best, "Mark the best answer", at="markbestanswer"),
    Route("DELETE", _BEST, "forums.DELETE", unmark_best, "Unmark the best answer", returns=DELETED),
)
