"""A bug's files: listed, downloaded from wherever Zoho keeps them, attached in as many steps as the API wants."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from zbt_notebook.client.bugs.finding import Found, bug_path
from zbt_notebook.client.bugs.tracker import Tracker
from zbt_notebook.client.errors import ApiError, NotFound, Unreachable, UsageError
from zbt_notebook.client.http.messages import Request, Response, Upload
from zbt_notebook.client.plain_file import read_plain
from zbt_notebook.client.quoting import counted, shown
from zbt_notebook.client.redactor import plain
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.api_errors import judge
from zbt_notebook.client.rest.retirement import on_either_api
from zbt_notebook.client.suggestions import there_are

_NO_ID = "-1"  # of some files, which their third_party_file_id then tells apart


@dataclass(frozen=True, slots=True)
class Download:
    """A file that was fetched: where it is now, from which host it came, and whether that host got the token."""

    path: Path
    size: int
    host: str
    with_token: bool

    def __str__(self) -> str:
        token = "with the token" if self.with_token else "without the token"
        return f"{self.path}: {counted(self.size, 'bytes')} from {self.host}, {token}"

    __repr__ = __str__


class Files:
    """The files of one bug."""

    def __init__(self, tracker: Tracker, found: Found) -> None:
        self._tracker = tracker
        self._found = found

    @property
    def _is_v3(self) -> bool:
        return self._tracker.lookups.is_v3

    @property
    def _path(self) -> str:
        found = self._found
        return bug_path(self._tracker.lookups, found.portal, found.project, found.id)

    def records(self) -> list[dict[str, Any]]:
        """What Zoho tells of each file, those in the bin left out."""
        return on_either_api(self._tracker.client, self._records)

    def _records(self) -> list[dict[str, Any]]:
        try:
            rows = self._listed(ApiCall("GET", f"{self._path}attachments/" if not self._is_v3 else self._below))
        except NotFound:
            if not self._is_v3:
                raise
            rows = self._of_project()
        return [row for row in rows if isinstance(row, dict) and row.get("trashed") is not True]

    @property
    def _below(self) -> str:
        return f"{self._path.rstrip('/')}/attachments"

    def _of_project(self) -> list[Any]:
        """Where some portals list them: by the project, for which 404 means that there are none."""
        path = f"{self._path.rstrip('/').rpartition('/issues/')[0]}/attachments"
        try:
            return self._listed(ApiCall("GET", path, (("entity_type", "bug"), ("entity_id", self._found.id))))
        except NotFound:
            return []

    def _listed(self, call: ApiCall) -> list[Any]:
        return self._tracker.client.fetch(call).records or []

    def download(self, which: str | int, to: str | Path = ".", *, with_token: bool = False) -> Download:
        """Fetch one file, by its name, id or place in the list, into a folder or to a path that is not there yet.

        Its bytes may be at another host of Zoho's: the token goes there only *with_token*. Raise UsageError for a file
        that is none or would be overwritten, ApiError where the host refuses.
        """
        record = _chosen(self.records(), which)
        target = _target(Path(to).expanduser(), _name(record))
        url = self._address(record)
        own = url.startswith(tuple(f"{host}/" for host in self._tracker.data_center.v3_hosts))
        host = urlsplit(url).netloc
        if own:
            path = url.partition(host)[2]
            body = self._tracker.client.send(api.normalize(ApiCall("GET", path), self._tracker.data_center)).body
        else:
            body = self._elsewhere(url, record, with_token=with_token)
        try:
            with target.open("xb") as file:
                file.write(body)
        except OSError as error:
            raise UsageError(
                f"{shown(str(target))} cannot be written: {error.strerror}", hint="Name another place."
            ) from None
        return Download(target, len(body), host, own or with_token)

    def _elsewhere(self, url: str, record: Mapping[str, Any], *, with_token: bool) -> bytes:
        host = urlsplit(url).netloc
        if with_token and not url.startswith("https://") and not host.startswith("127.0.0.1"):
            raise UsageError(f"{host} is not spoken to by https: the token does not go there", hint="Leave it away.")
        response = self._tracker.client.unsigned(Request("GET", url), with_token=with_token)
        refused = _refusal(response, record)
        if refused:
            hint = f"If you trust {host} with this sign-in's token, ask for it with_token=True."
            if with_token:
                hint = "Open the file in Zoho: its address may have run out."
            raise ApiError(f"{host} answers {refused} for the file", hint=hint, status=response.status)
        return response.body

    def _address(self, record: Mapping[str, Any]) -> str:
        url = str(record.get("download_url") or record.get("url") or record.get("permanent_url") or "")
        if url.startswith(("https://", "http://")):
            return url
        number = record.get("id_string") or record.get("id") or record.get("attachment_id")
        if self._is_v3 or number is None or number == _NO_ID:
            raise UsageError(f"Zoho tells no address for {shown(_name(record))}", hint="Open the bug in Zoho for it.")
        return f"{self._tracker.data_center.api_url}{self._path}attachments/{number}/"

    def attach(self, file: str | Path) -> Any:
        """Attach a file of this machine; V3 takes it in two steps, to the portal and then to the bug."""
        try:
            content = read_plain(file)
        except OSError as error:
            raise UsageError(f"{shown(str(file))} cannot be read: {error.strerror}", hint="Name a file.") from None
        return on_either_api(self._tracker.client, lambda: self._attach(Path(file).name, content))

    def _attach(self, name: str, content: bytes) -> Any:
        client = self._tracker.client
        if not self._is_v3:
            upload = Upload("uploaddoc", name, content)
            return client.fetch(ApiCall("POST", f"{self._path}attachments/", uploads=(upload,))).thing
        fields = (
            ("attachment_details[storage_type]", "WorkDrive"),
            ("attachment_details[location_details][project_id]", self._found.project.id),
        )
        upload = Upload("upload_file", name, content)
        call = ApiCall("POST", f"/api/v3/portal/{self._found.portal.id}/attachments", fields=fields, uploads=(upload,))
        made = client.fetch(call).thing
        number = made.get("attachment_id") if isinstance(made, dict) else None
        if not number or number == _NO_ID:
            raise ApiError(
                f"{shown(name)} was uploaded, but V3 gave no number to attach it by",
                hint="Attach it in Zoho; it lies in the portal's WorkDrive.",
            )
        try:
            return client.fetch(
                ApiCall("POST", self._below, fields=(("attachment_ids", json.dumps([str(number)])),))
            ).body
        except (ApiError, Unreachable) as error:
            error.hint = f"It was uploaded as {plain(str(number))}, but not attached. {error.hint}"
            raise


def _refusal(response: Response, record: Mapping[str, Any]) -> str:
    """How a host refuses a file, empty where it gives it; JSON that tells of an error may be the file itself."""
    if response.status != 200:  # noqa: PLR2004  OK
        return f"HTTP {response.status}"
    if str(record.get("size")) == str(len(response.body)):
        return ""
    try:
        judge(response, ApiCall("GET", "/"))
    except ApiError as refusal:
        return f"HTTP 200 with {refusal.code}"
    return ""


def _name(record: Mapping[str, Any]) -> str:
    return str(record.get("file_name") or record.get("name") or "file")


def _chosen(records: list[dict[str, Any]], which: str | int) -> dict[str, Any]:
    if isinstance(which, int) and not isinstance(which, bool) and -len(records) <= which < len(records):
        return records[which]
    word = str(which)
    keys = ("attachment_id", "id", "id_string", "third_party_file_id")
    found = [row for row in records if word in {str(row.get(key)) for key in keys} or word == _name(row)]
    if len(found) == 1:
        return found[0]
    names = [_name(row) for row in records]
    if found:
        raise UsageError(f"{len(found)} files are called {word!r}", hint="Take one by its place: download(0).")
    raise UsageError(f"the bug has no file {shown(word)}", hint=there_are(word, names, most=12))


def _target(to: Path, name: str) -> Path:
    """Where the file goes: no name of the server's leads out of the folder, and nothing is overwritten."""
    safe = "".join(one if one.isprintable() and one not in '/\\:*?"<>|' else "_" for one in name).strip(" .")
    target = to / (safe or "file") if to.is_dir() else to
    if target.exists() or target.is_symlink():
        raise UsageError(f"{shown(str(target))} is there already", hint="Name another place: download(…, to=…).")
    return target
