"""Documents with their versions, and folders."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from zbt_notebook.simulator.bugtracker import refusals
from zbt_notebook.simulator.bugtracker.call import Answer, Call, listing, succeeded
from zbt_notebook.simulator.bugtracker.classic.collection import PROJECT, Collection
from zbt_notebook.simulator.bugtracker.classic.downloads import download
from zbt_notebook.simulator.bugtracker.kinds import File, Identifier, Identifiers, Json, OneOf, Text
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Route
from zbt_notebook.simulator.bugtracker.schemas import many
from zbt_notebook.simulator.data.rows import Document, Folder, Version
from zbt_notebook.simulator.http import Upload


def document_shape(call: Call, document: Document) -> Json:
    """Shape a document, its newest version first."""
    here = ("projects", document.project_id, "documents", document.id)
    folder = call.store.folders.get(document.folder_id)
    return {
        "id": document.id,
        "file_name": document.file_name,
        "content_type": document.content_type,
        "folder": {"id": document.folder_id, "name": folder.name if folder else ""},
        "versions": [
            {
                "id": version.id,
                "version": version.number,
                "uploaded_by": call.name(version.author),
                **call.triple("uploaded_date", version.created_ms),
                "file_size": str(len(version.content)),
                "description": version.description,
                "link": {"self": call.link(*here, "versions", version.id)},
            }
            for version in document.versions
        ],
        "link": {"self": call.link(*here)},
    }


def list_documents(call: Call) -> Answer:
    """List the documents of a project, or those of a folder or of a kind, in the wanted order."""
    rows, values = call.store.documents.of(call.project.id), call.values
    if folder := values.get("folder_id"):
        rows = [row for row in rows if row.folder_id == folder]
    if (kind := values.get("category", "all")) != "all":
        rows = [row for row in rows if PurePath(row.file_name).suffix.lower()[1:] in _KINDS[kind]]
    if "sort_column" in values or "sort_order" in values:
        rows.sort(key=_ORDERS[values.get("sort_column", "date")], reverse=values.get("sort_order") == "descending")
    return listing("documents", [document_shape(call, row) for row in call.page(rows)])


def _document(call: Call) -> Document:
    return call.store.documents.find(call.number("document"), "Document", call.project.id)


def get_document(call: Call) -> Answer:
    """Show one document, with the one version that is asked for, or with all."""
    document = _document(call)
    if version := call.values.get("version"):
        document = replace(document, versions=(_find_version(document, version),))
    return Answer(200, {"documents": [document_shape(call, document)]})


def _find_version(document: Document, name: str) -> Version:
    for version in document.versions:
        if name in {version.number, str(version.id)}:
            return version
    raise refusals.not_found("Version")


def download_version(call: Call) -> Answer:
    """Give the content of one version."""
    document = _document(call)
    return download(_find_version(document, call.path["version"]).content, document.file_name)


def _upload(call: Call) -> Upload:
    if not call.uploads:
        raise refusals.parameter_missing("uploaddoc")
    return call.uploads[0]


def _version(call: Call, upload: Upload, number: str) -> Version:
    about = call.values.get("description", "")
    return Version(call.store.take_id(), number, call.user.id, call.now_ms, upload.content, about)


def create_document(call: Call) -> Answer:
    """Upload a new document, into the first folder unless told."""
    project, upload = call.project, _upload(call)
    folder_id = call.values.get("folder_id")
    if folder_id is None:
        folder_id = next((folder.id for folder in call.store.folders.of(project.id)), 0)
    else:
        call.store.folders.find(folder_id, "Folder", project.id)
    made = Document(
        id=call.store.take_id(),
        project_id=project.id,
        folder_id=folder_id,
        file_name=upload.filename,
        content_type=upload.content_type,
        versions=(_version(call, upload, "1.0"),),
        tags=call.values.get("tags", ""),
    )
    return Answer(201, {"documents": [document_shape(call, call.store.documents.put(made))]})


def add_version(call: Call) -> Answer:
    """Upload a new version of a document."""
    document = _document(call)
    version = _version(call, _upload(call), f"{len(document.versions) + 1}.0")
    changed = call.store.documents.change(document, versions=(version, *document.versions))
    return Answer(200, {"documents": [document_shape(call, changed)]})


def delete_document(call: Call) -> Answer:
    """Delete a document with all its versions."""
    call.store.documents.remove(_document(call))
    return succeeded("Document deleted")


def _folder_shape(call: Call, folder: Folder) -> Json:
    here = call.link("projects", folder.project_id, "folders", folder.id)
    return {"id": folder.id, "name": folder.name, "is_discussion": folder.discussion, "link": {"self": here}}


def list_folders(call: Call) -> Answer:
    """List the folders of a project."""
    return listing("folders", [_folder_shape(call, row) for row in call.page(call.store.folders.of(call.project.id))])


def create_folder(call: Call) -> Answer:
    """Add a folder."""
    made = call.store.folders.put(Folder(call.store.take_id(), call.project.id, call.values["name"]))
    return Answer(201, {"folders": [_folder_shape(call, made)]})


def _folder(call: Call) -> Folder:
    return call.store.folders.find(call.number("folder"), "Folder", call.project.id)


def rename_folder(call: Call) -> Answer:
    """Rename a folder."""
    return Answer(200, {"folders": [_folder_shape(call, call.store.folders.change(_folder(call), **call.values))]})


def delete_folder(call: Call) -> Answer:
    """Delete a folder with its documents."""
    folder = _folder(call)
    for document in call.store.documents.of(folder.project_id):
        if document.folder_id == folder.id:
            call.store.documents.remove(document)
    call.store.folders.remove(folder)
    return succeeded("Folder deleted")


_KINDS = {
    "documents": {"doc", "docx", "odt", "rtf", "txt", "md"},
    "spreadsheets": {"xls", "xlsx", "ods", "csv"},
    "presentations": {"ppt", "pptx", "odp"},
    "pdf": {"pdf"},
    "images": {"png", "jpg", "jpeg", "gif", "svg", "webp"},
    "audio": {"mp3", "wav", "ogg", "flac"},
    "videos": {"mp4", "mov", "webm", "avi"},
}
# Zoho's page says by what, not how it is spelt.
_ORDERS: dict[str, Callable[[Document], Any]] = {
    "date": lambda row: row.versions[0].created_ms,
    "type": lambda row: (PurePath(row.file_name).suffix.lower(), row.file_name),
    "name": lambda row: row.file_name,
}
_DOCUMENTS = Collection(f"{PROJECT}/documents/", "document", "documents", many("documents", "Document"))
_FOLDERS = Collection(f"{PROJECT}/folders/", "folder", "documents", many("folders", "Folder"))
_NAME = Parameter("name", Text(200, 1), required=True)
_FOLDER_ID = Parameter("folder_id", Identifier())
_UPLOAD = (
    Parameter("uploaddoc", File(), required=True),
    Parameter("description", Text()),
    Parameter("tags", Text(1000)),
    Parameter("notify", Identifiers()),
)
ROUTES = (
    _DOCUMENTS.listed_by(
        list_documents,
        "List documents",
        _FOLDER_ID,
        Parameter("category", OneOf(("all", *_KINDS))),
        Parameter("sort_column", OneOf(tuple(_ORDERS))),
        Parameter("sort_order", OneOf(("ascending", "descending")), about="ascending unless told."),
    ),
    _DOCUMENTS.created_by(create_document, "Upload a document", *_UPLOAD, _FOLDER_ID),
    _DOCUMENTS.shown_by(
        get_document,
        "Show a document",
        Parameter("version", Text(20, 1), about="Such as 1.0; all of them unless told."),
    ),
    Route(
        "GET",
        f"{_DOCUMENTS.one}versions/{{version}}/",
        "documents.READ",
        download_version,
        "Download a version",
        binary=True,
    ),
    _DOCUMENTS.changed_by(add_version, "Upload a new version", *_UPLOAD),
    _DOCUMENTS.deleted_by(delete_document, "Delete a document"),
    _FOLDERS.listed_by(list_folders, "List folders"),
    _FOLDERS.created_by(create_folder, "Add a folder", _NAME),
    _FOLDERS.changed_by(rename_folder, "Rename a folder", _NAME),
    _FOLDERS.deleted_by(delete_folder, "Delete a folder"),
)
