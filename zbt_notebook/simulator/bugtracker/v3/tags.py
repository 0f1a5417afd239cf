"""Tags, whose BugTracker pages already document V3 paths."""

import re

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.bug_writing import touch
from zbt_notebook.simulator.bugtracker.call import DEFAULT_RANGE, MOST_PER_PAGE, NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Json, Text, Whole
from zbt_notebook.simulator.bugtracker.parameters import ManyOf, Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import many, paged
from zbt_notebook.simulator.bugtracker.v3.json_kinds import Written
from zbt_notebook.simulator.bugtracker.v3.paging import enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import J, P
from zbt_notebook.simulator.data.rows import Tag

_ISSUE = "6"  # entityType: 1 project, 2 milestone, 3 tasklist, 5 task, 6 issue


class EntityType:
    """What kind of thing is tagged, by Zoho's number for it; here issues alone can be."""

    def read(self, name: str, value: object) -> None:
        """Take the number of issues."""
        if not re.fullmatch("[0-9]{1,2}", str(value), re.ASCII):
            raise refusals.pattern_not_matched(name)
        if str(value) != _ISSUE:
            raise refusals.invalid_value(name)

    def schema(self) -> Json:
        """The number."""
        return {"type": "string", "enum": [_ISSUE]}


def _shape(call: Call, tag: Tag) -> Json:
    author = call.store.members.get(tag.author)
    return {
        "id": str(tag.id),
        "name": tag.name,
        "color_class": tag.color_class,
        "created_by": {
            "id": tag.author,
            "zpuid": str(author.zpuid if author else ""),
            "name": call.name(tag.author),
            "email": author.email if author else "",
            "is_client_user": False,
            "zuidString": str(tag.author),
        },
    }


def list_tags(call: Call) -> Answer:
    """List the portal's tags."""
    return enveloped(call, "tags", list(call.store.tags), lambda tag: _shape(call, tag))


def list_project_tags(call: Call) -> Answer:
    """List the tags that a project's issues have."""
    used = {tag for bug in call.store.bugs.of(call.project.id) for tag in bug.tags}
    return enveloped(call, "tags", [tag for tag in call.store.tags if tag.id in used], lambda tag: _shape(call, tag))


def search_tags(call: Call) -> Answer:
    """Find tags by a part of their name."""
    term = call.values["search_term"].casefold()
    found = [tag for tag in call.store.tags if term in tag.name.casefold()]
    first: int = call.values.get("index", 0)
    size: int = min(call.values.get("range", DEFAULT_RANGE), MOST_PER_PAGE)
    return Answer(200, {"tags": [_shape(call, tag) for tag in found[first : first + size]]})


def create_tags(call: Call) -> Answer:
    """Create tags from an array that a form field holds."""
    made = [
        call.store.tags.put(
            Tag(call.store.take_id(), fields["name"], fields.get("color_class", "bg7f78e0"), call.user.id)
        )
        for fields in call.values["tags"]
    ]
    return Answer(201, {"tags": [_shape(call, tag) for tag in made]})


def update_tag(call: Call) -> Answer:
    """Rename or recolour a tag; the answer's key holds an object here."""
    tag = call.store.tags.find(call.number("tag"), "Tag")
    return Answer(200, {"tags": _shape(call, call.store.tags.change(tag, **call.values))})


def delete_tag(call: Call) -> Answer:
    """Delete a tag."""
    call.store.tags.remove(call.store.tags.find(call.number("tag"), "Tag"))
    return NOTHING


def associate(call: Call) -> Answer:
    """Put a tag on an issue."""
    return _retag(call, on=True)


def dissociate(call: Call) -> Answer:
    """Take a tag off an issue."""
    return _retag(call, on=False)


def _retag(call: Call, *, on: bool) -> Answer:
    tag = call.store.tags.find(call.values["tag_id"], "Tag")
    bug = call.store.bugs.find(call.values["entity_id"], "Issue", call.project.id)
    if not on and tag.id not in bug.tags:
        raise refusals.not_found("The association")
    rest = tuple(one for one in bug.tags if one != tag.id)
    touch(call, bug, "tagged" if on else "untagged", tags=(*rest, tag.id) if on else rest)
    return Answer(200, {"tags": [_shape(call, tag)]})


_ONE = many("tags", "Tag")
_LIST = paged("tags", "Tag")
_NAME, _COLOR = Text(50, 1), Parameter("color_class", Text(20, 1))
_PAIR = (
    Parameter("tag_id", Identifier(), required=True),
    Parameter("entity_id", Identifier(), required=True),
    Parameter("entityType", EntityType(), required=True),
)
_OBJECT: Json = {"type": "object", "properties": {"tags": {"type": "object"}}, "required": ["tags"]}
ROUTES = (
    listed(f"{P}/tags", "tags.READ", list_tags, "List tags", _LIST),
    listed(f"{J}/tags", "tags.READ", list_project_tags, "List the tags of a project", _LIST),
    Route(
        "POST",
        f"{P}/tags",
        "tags.CREATE",
        create_tags,
        "Create tags",
        body=(
            Parameter(
                "tags",
                Written(ManyOf((Parameter("name", _NAME, required=True), _COLOR)), [{"name": "Zeta"}]),
                required=True,
            ),
        ),
        returns=_ONE,
        status=201,
        form=True,
    ),
    Route(
        "PATCH",
        f"{P}/tags/{{tag}}",
        "tags.UPDATE",
        update_tag,
        "Change a tag",
        body=(Parameter("name", _NAME), _COLOR),
        returns=_OBJECT,
    ),
    Route("DELETE", f"{P}/tags/{{tag}}", "tags.DELETE", delete_tag, "Delete a tag", status=204),
    *(
        Route(
            "POST",
            f"{J}/tags/{word}",
            "tags.UPDATE",
            handler,
            about,
            body=_PAIR,
            returns=_ONE,
            form=True,
        )
        for word, handler, about in (
            ("associate", associate, "Tag an issue"),
            ("dissociate", dissociate, "Untag an issue"),
        )
    ),
    Route(
        "GET",
        f"{P}/globaltags/search",
        "tags.READ",
        search_tags,
        "Find tags",
        query=(
            Parameter("search_term", Text(50, 1), required=True),
            Parameter("index", Whole(), about="Counted from 0: this page alone is of the classic days."),
            Parameter("range", Whole(1)),
        ),
        returns=_ONE,
    ),
)
