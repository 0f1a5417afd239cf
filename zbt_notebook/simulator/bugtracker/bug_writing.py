"""What happens when a bug is filed or changed, whichever API it came through."""

from typing import Any

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import Call
from zbt_notebook.simulator.data import portal
from zbt_notebook.simulator.data.rows import Attachment, Bug, Choice, Comment, Project
from zbt_notebook.simulator.http import Upload

LARGEST_FILE = 128 * 1024 * 1024

_LISTS: dict[str, tuple[Choice, ...]] = {
    "status_id": portal.STATUSES,
    "severity_id": portal.SEVERITIES,
    "classification_id": portal.CLASSIFICATIONS,
    "reproducible_id": portal.REPRODUCIBLES,
    "module_id": portal.MODULES,
}


def check(call: Call, project: Project, changes: dict[str, Any]) -> None:
    """Refuse ids that name nothing, before anything is written."""
    for column, choices in _LISTS.items():
        if column in changes and all(choice.id != changes[column] for choice in choices):
            raise refusals.not_found(f"The value of {column}")
    for column in ("milestone_id", "affected_id"):
        if changes.get(column):
            call.store.milestones.find(changes[column], "Milestone", project.id)


def new_bug(call: Call, project: Project, changes: dict[str, Any]) -> Bug:
    """File a bug in the caller's name."""
    check(call, project, changes)
    bugs = call.store.bugs
    fields: dict[str, Any] = {
        "id": call.store.take_id(),
        "project_id": project.id,
        "number": 1 + max((bug.number for bug in bugs.of(project.id)), default=0),
        "grain": 1,
        "reporter": call.user.id,
        "assignee": 0,
        "status_id": portal.STATUSES[0].id,
        "severity_id": portal.SEVERITIES[0].id,
        "reproducible_id": portal.REPRODUCIBLES[0].id,
        "classification_id": portal.CLASSIFICATIONS[0].id,
        "module_id": portal.MODULES[0].id,
        "milestone_id": 0,
        "affected_id": 0,
        "internal": True,
        "created_ms": call.now_ms,
        "updated_ms": call.now_ms,
        "due_ms": None,
        "closed_ms": None,
        "comment_count": 0,
        "attachment_count": 0,
        "description": "",
        **changes,
    }
    fields["custom"] = {**_NO_CUSTOM_VALUES, **changes.get("custom", {})}
    if _closes(fields["status_id"]):
        fields["closed_ms"] = call.now_ms
    bug = bugs.put(Bug(**fields))
    call.store.comments.of(bug.id)
    call.store.record(bug, call.user.id, bug.title, "added", call.now_ms)
    return bug


def change_bug(call: Call, bug: Bug, changes: dict[str, Any]) -> Bug:
    """Change a bug; closing and reopening follow from the status."""
    check(call, call.store.projects.find(bug.project_id, "Project"), changes)
    if "custom" in changes:
        changes["custom"] = {**(bug.custom or {}), **changes["custom"]}
    if "status_id" in changes and changes["status_id"] != bug.status_id:
        changes["closed_ms"] = call.now_ms if _closes(changes["status_id"]) else None
    return touch(call, bug, "updated", **changes)


def touch(call: Call, bug: Bug, state: str, **changes: Any) -> Bug:
    """Write the changes, the time of the change, and that it happened."""
    # Comments and files that the seed and the counts stand for are generated now, before the counts change.
    call.store.comments.of(bug.id)
    call.store.attachments.of(bug.id)
    changed = call.store.bugs.change(bug, updated_ms=max(call.now_ms, bug.updated_ms), **changes)
    call.store.record(changed, call.user.id, changed.title, state, call.now_ms)
    return changed


def check_size(name: str, size: int) -> None:
    """Refuse files over Zoho's 128 MB."""
    if size > LARGEST_FILE:
        raise refusals.too_long(name)


def file_at(call: Call, bug: Bug, upload: Upload) -> Bug:
    """Attach a file."""
    check_size(upload.name, len(upload.content))
    made = Attachment(
        call.store.take_id(),
        bug.project_id,
        bug.id,
        upload.filename,
        upload.content_type,
        upload.content,
        call.user.id,
        call.now_ms,
    )
    call.store.attachments.add(made)
    return touch(call, bug, "attached a file", attachment_count=len(call.store.attachments.of(bug.id)))


def say(call: Call, bug: Bug, content: str) -> Comment:
    """Add a comment."""
    made = Comment(call.store.take_id(), bug.project_id, bug.id, call.user.id, content, call.now_ms)
    call.store.comments.add(made)
    _talked(call, bug, "commented")
    return made


def resay(call: Call, content: str) -> Comment:
    """Change what the comment of the path says."""
    bug, comments = call.bug, call.store.comments
    row = comments.find(bug.id, call.number("comment"), "Comment")
    changed = comments.change(row, content=content, changed_ms=call.now_ms, changed_by=call.user.id)
    _talked(call, bug, "changed a comment")
    return changed


def _talked(call: Call, bug: Bug, state: str) -> None:
    """Note the number of comments; whether the issue counts as changed is not known, which the switch decides."""
    touched = touch(call, bug, state, comment_count=len(call.store.comments.of(bug.id)))
    if not call.switches.comment_raises_update_time:
        call.store.bugs.change(touched, updated_ms=bug.updated_ms)


def unsay(call: Call) -> None:
    """Delete the comment of the path."""
    bug, comments = call.bug, call.store.comments
    comments.remove(comments.find(bug.id, call.number("comment"), "Comment"))
    _talked(call, bug, "deleted a comment")


def file_uploads(call: Call, field: str) -> list[Attachment]:
    """Attach the files of the body to the bug of the path; Refused where *field* brought none."""
    bug = call.bug
    if not call.uploads:
        raise refusals.parameter_missing(field)
    for upload in call.uploads:
        bug = file_at(call, bug, upload)
    return call.store.attachments.of(bug.id)[-len(call.uploads) :]


def resolve(call: Call) -> Bug:
    """Write down how the bug of the path was resolved, by the caller, now."""
    changes = {"resolution": call.values["resolution"], "resolved_by": call.user.id, "resolved_ms": call.now_ms}
    if "status_id" in call.values:
        return change_bug(call, call.bug, {**changes, "status_id": call.values["status_id"]})
    return touch(call, call.bug, "resolved", **changes)


_NO_CUSTOM_VALUES: dict[str, Any] = {field.column: "" for field in portal.CUSTOM_FIELDS}


def _closes(status_id: int) -> bool:
    return any(status.closes for status in portal.STATUSES if status.id == status_id)
