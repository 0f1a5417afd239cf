"""Tags, whose BugTracker pages already document V3 paths."""

import re

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.bug_writing import touch
from zbt_notebook.simulator.bugtracker.call import DEFAULT_RANGE, MOST_PER_PAGE, NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.kinds import Identifier, Json, Text, Whole
from zbt_notebook.simulator.bugtracker.parameters import ManyOf, Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.data.rows import Tag

P = "/api/v3/portal/{portal}"
_RANGE = (Parameter("index", Whole(), about="Counted from 0, unlike the classic API's."), Parameter("range", Whole(1)))


class EntityType:
    """What kind of thing is tagged: Zoho's number for it, or a word. Here issues alone can be."""

    def read(self, name: str, value: object) -> None:
        """Take any number, as it is not known which ones Zoho gives."""
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise refusals.pattern_not_matched(name)
        if not re.fullmatch("[0-9]{1,3}|bug|issue", str(value), re.IGNORECASE | re.ASCII):
            raise refusals.invalid_value(name)

    def schema(self) -> Json:
        """A small number or a word."""
        words = {"type": "string", "enum": ["bug", "issue"]}
        return {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 999}, words]}


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


def _cut(call: Call, tags: list[Tag]) -> Answer:
    first: int = call.values.get("index", 0)
    size: int = min(call.values.get("range", DEFAULT_RANGE), MOST_PER_PAGE)
    return Answer(200, {"tags": [_shape(call, tag) for tag in tags[first : first + size]]})


def list_tags(call: Call) -> Answer:
    """List tags."""
    return _cut(call, list(call.store.tags))


def search_tags(call: Call) -> Answer:
    """Find tags by a part of their name."""
    term = call.values["search_term"].casefold()
    return _cut(call, [tag for tag in call.store.tags if term in tag.name.casefold()])


def create_tags(call: Call) -> Answer:
    """Create tags from an array."""
    made = [
        call.store.tags.put(Tag(call.store.take_id(), told["name"], told.get("color_class", "bg7f78e0"), call.user.id))
        for told in call.values["body"]
    ]
    return Answer(201, {"tags": [_shape(call, tag) for tag in made]})


def update_tag(call: Call) -> Answer:
    """Rename or recolour a tag."""
    tag = call.store.tags.find(call.number("tag"), "Tag")
    return Answer(200, {"tags": [_shape(call, call.store.tags.change(tag, **call.values))]})


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


_WIDEST = "tags.ALL"  # Zoho's page knows no tags.UPDATE and no tags.DELETE beside READ and CREATE
_ONE = many("tags", "Tag")
_NAME, _COLOR = Text(50, 1), Parameter("color_class", Text(20, 1))
_PAIR = (
    Parameter("tag_id", Identifier(), required=True),
    Parameter("entity_id", Identifier(), required=True),
    Parameter("entityType", EntityType(), required=True, also="entity_type"),
)
ROUTES = (
    Route("GET", f"{P}/tags", "tags.READ", list_tags, "List tags", query=_RANGE, returns=_ONE),
    Route(
        "POST",
        f"{P}/tags",
        "tags.CREATE",
        create_tags,
        "Create tags",
        body=ManyOf((Parameter("name", _NAME, required=True), _COLOR)),
        returns=_ONE,
        status=201,
    ),
    Route(
        "PATCH",
        f"{P}/tags/{{tag}}",
        _WIDEST,
        update_tag,
        "Change a tag",
        body=(Parameter("name", _NAME), _COLOR),
        returns=_ONE,
    ),
    Route("DELETE", f"{P}/tags/{{tag}}", _WIDEST, delete_tag, "Delete a tag", status=204),
    Route(
        "POST",
        f"{P}/projects/{{project}}/tags/associate",
        "tags.CREATE",
        associate,
        "Tag an issue",
        body=_PAIR,
        returns=_ONE,
    ),
    Route(
        "POST",
        f"{P}/projects/{{project}}/tags/dissociate",
        "tags.CREATE",
        dissociate,
        "Untag an issue",
        body=_PAIR,
        returns=_ONE,
    ),
    Route(
        "GET",
        f"{P}/globaltags/search",
        "tags.READ",
        search_tags,
        "Find tags",
        query=(*_RANGE, Parameter("search_term", Text(50, 1), required=True)),
        returns=_ONE,
    ),
)
