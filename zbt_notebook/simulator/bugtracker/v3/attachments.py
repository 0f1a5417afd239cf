"""Files: uploaded to the portal, then associated with an issue; their bytes are at another host."""

import re
from typing import Any

from zbt_notebook.simulator.accounts.scopes import WORKDRIVE
from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.bug_writing import check_size, touch
from zbt_notebook.simulator.bugtracker.call import NOTHING, Answer, Call
from zbt_notebook.simulator.bugtracker.classic.downloads import download
from zbt_notebook.simulator.bugtracker.kinds import File, Identifier, Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import ListOf, Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.bugtracker.store import Store
from zbt_notebook.simulator.bugtracker.v3.json_kinds import Written
from zbt_notebook.simulator.bugtracker.v3.paging import FREE_PAGE, enveloped, listed
from zbt_notebook.simulator.bugtracker.v3.paths import I, J, P
from zbt_notebook.simulator.data.rows import Attachment, Bug, Comment
from zbt_notebook.simulator.switches import Switches

_WITHOUT_ID = 12  # every so many files: 50 of 629 were seen


def _shape(call: Call, row: Attachment) -> Json:
    own = call.switches.attachment_ids == "all" or row.id % _WITHOUT_ID != 0
    at = f"{call.site.files_url}/webdownload/{row.parent_id}/{row.id}"
    return {
        "attachment_id": str(row.id) if own else "-1",
        "name": row.file_name,
        "type": row.content_type,
        "size": str(len(row.content)),
        "entity_id": str(row.parent_id),
        "entity_type": "bug",
        "created_by": str(row.author),
        "created_time": str(row.created_ms),
        "associated_by": str(row.author),
        "associated_by_name": call.name(row.author),
        "associated_time_long": str(row.created_ms),
        "preview_url": f"{at}?preview=true",
        "download_url": at,
        "permanent_url": f"{at}?permanent=true",
        "third_party_file_id": f"wd{row.id:x}",
        "trashed": row.trashed,
    }


def beside_a_comment(call: Call, comment: Comment) -> list[Json]:
    """The files that came with a comment: a bug's first one brought the bug's first file along."""
    files = call.store.attachments.of(comment.parent_id)
    if not files or call.store.comments.of(comment.parent_id)[0].id != comment.id:
        return []
    shape = _shape(call, files[0])
    return [{name: shape[name] for name in ("name", "size", "type", "preview_url", "download_url")}]


def list_attachments(call: Call) -> Answer:
    """List an issue's files."""
    return enveloped(call, "attachments", call.store.attachments.of(call.bug.id), lambda row: _shape(call, row))


def list_of_entity(call: Call) -> Answer:
    """List the files of a thing: 404 where it has none."""
    bug = call.store.bugs.get(call.values["entity_id"])
    files = call.store.attachments.of(bug.id) if bug and call.values["entity_type"] == "bug" else []
    if not files:
        raise refusals.not_found("An attachment")
    key = "attachment" if call.switches.attachment_key == "singular" else "attachments"
    return Answer(200, {key: [_shape(call, row) for row in files]})


def _one(call: Call) -> Attachment:
    """The file of the path, wherever in the project it hangs."""
    number = call.number("attachment")
    for bug in call.store.bugs.of(call.project.id):
        if bug.attachment_count and (found := [row for row in call.store.attachments.of(bug.id) if row.id == number]):
            return found[0]
    raise refusals.not_found("Attachment")


def get_attachment(call: Call) -> Answer:
    """Show what is known of a file; its bytes are at ``download_url``."""
    return Answer(200, {"attachment": [_shape(call, _one(call))]})


def trash_attachment(call: Call) -> Answer:
    """Throw a file away; the lists go on to show it, as trashed."""
    call.store.attachments.change(_one(call), trashed=True)
    return NOTHING


def upload(call: Call) -> Answer:
    """Take a file into the portal's WorkDrive, where it belongs to nothing yet."""
    if not call.switches.workdrive:
        raise refusals.no_files()
    if not call.uploads:
        raise refusals.parameter_missing("upload_file")
    made = []
    for file in call.uploads:
        check_size(file.name, len(file.content))
        row = Attachment(
            call.store.take_id(), 0, 0, file.filename, file.content_type, file.content, call.user.id, call.now_ms
        )
        call.store.uploads[row.id] = row
        made.append(row)
    return Answer(200, {"attachment": [_shape(call, row) for row in made]})


def associate(call: Call) -> Answer:
    """Hang uploaded files on the issue."""
    return _associate(call, call.bug)


def associate_with(call: Call) -> Answer:
    """Hang uploaded files on the issue that the form names."""
    return _associate(call, call.store.bugs.find(call.values["entity_id"], "Issue"))


def _associate(call: Call, bug: Bug) -> Answer:
    uploads = call.store.uploads
    numbers: list[int] = call.values["attachment_ids"]
    for number in numbers:
        if number not in uploads:
            raise refusals.not_found("Attachment")
    rows = [
        call.store.attachments.add(_hung(uploads.pop(number), bug.project_id, bug.id))
        for number in dict.fromkeys(numbers)
    ]
    touch(call, bug, "attached a file", attachment_count=len(call.store.attachments.of(bug.id)))
    return Answer(200, {"attachments": [_shape(call, row) for row in rows]})


def _hung(row: Attachment, project: int, bug: int) -> Attachment:
    return Attachment(
        row.id, project, bug, row.file_name, row.content_type, row.content, row.author, row.created_ms, row.trashed
    )


def dissociate(call: Call) -> Answer:
    """Take a file off the issue; it stays in the portal."""
    bug, attachments = call.bug, call.store.attachments
    row = attachments.find(bug.id, call.number("attachment"), "Attachment")
    attachments.remove(row)
    call.store.uploads[row.id] = row
    touch(call, bug, "deleted a file", attachment_count=len(attachments.of(bug.id)))
    return NOTHING


def file_at(store: Store, path: str) -> Answer:
    """The bytes of a file, as the other host gives them; Refused where there is none."""
    found = re.fullmatch("/webdownload/([0-9]{1,19})/([0-9]{1,19})", path)
    if not found:
        raise refusals.not_found("File")
    parent, number = int(found[1]), int(found[2])
    row = store.uploads.get(number) or store.attachments.find(parent, number, "File")
    return download(row.content, row.file_name)


def _at_issue(switches: Switches) -> bool:
    return switches.attachments_path != "project"


def _at_project(switches: Switches) -> bool:
    return switches.attachments_path != "issue"


_MANY = many("attachments", "V3Attachment")
_SINGULAR: dict[str, Any] = many("attachment", "V3Attachment")
ROUTES = (
    listed(
        f"{I}/attachments",
        "bugs.READ",
        list_attachments,
        "List an issue's files",
        _MANY,
        Parameter("sub_type", OneOf(("comments", "resolution", "bug"))),
        Parameter("extension_ids", Text(200)),
        Parameter("app_types", Text(200)),
        page=FREE_PAGE,
        where=_at_issue,
    ),
    Route(
        "POST",
        f"{I}/attachments",
        "bugs.CREATE",
        associate,
        "Hang uploaded files on an issue",
        body=(Parameter("attachment_ids", Written(ListOf(Identifier()), ["1"]), required=True),),
        returns=_MANY,
        form=True,
    ),
    Route(
        "DELETE", f"{I}/attachments/{{attachment}}", "bugs.DELETE", dissociate, "Take a file off an issue", status=204
    ),
    Route(
        "GET",
        f"{J}/attachments",
        "portals.READ",
        list_of_entity,
        "List the files of a thing",
        query=(
            Parameter("entity_type", OneOf(("bug", "task", "forum", "comment")), required=True),
            Parameter("entity_id", Identifier(), required=True),
        ),
        returns={"type": "object", "properties": {**_SINGULAR["properties"], **_MANY["properties"]}},
        where=_at_project,
        also=WORKDRIVE,
    ),
    Route(
        "GET",
        f"{J}/attachments/{{attachment}}",
        "portals.READ",
        get_attachment,
        "Show a file's record",
        returns=_SINGULAR,
        also=WORKDRIVE,
    ),
    Route(
        "DELETE",
        f"{J}/attachments/{{attachment}}",
        "portals.DELETE",
        trash_attachment,
        "Trash a file",
        status=204,
        also=WORKDRIVE,
    ),
    *(
        Route(
            "POST",
            f"{P}/{word}",
            "portals.CREATE",
            associate_with,
            about,
            body=(
                Parameter("attachment_ids", Written(ListOf(Identifier()), ["1"]), required=True),
                Parameter("entity_id", Identifier(), required=True),
                Parameter("entity_type", OneOf(("bug",)), required=True),
            ),
            returns=_MANY,
            form=True,
            also=WORKDRIVE,
        )
        for word, about in (
            ("associate-attachments", "Hang uploaded files on a thing"),
            ("entity-attachments", "Hang uploaded files on a thing, by another word"),
        )
    ),
    Route(
        "POST",
        f"{P}/attachments",
        "portals.CREATE",
        upload,
        "Upload a file to the portal",
        body=(
            Parameter("upload_file", File(), required=True),
            Parameter("attachment_details[storage_type]", OneOf(("WorkDrive",))),
            Parameter("attachment_details[location_details][project_id]", Identifier()),
        ),
        returns=_SINGULAR,
        form=True,
        also=WORKDRIVE,
    ),
)
