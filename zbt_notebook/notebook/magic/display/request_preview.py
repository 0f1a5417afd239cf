"""A call shown instead of sent: as a request, as a curl command, as Python; the token is never in it."""

import json
import re
import shlex
from typing import Any
from urllib.parse import urlencode

from zbt_notebook.client.http.messages import Request, Response, Upload
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.redactor import plain, redact
from zbt_notebook.notebook.magic.display.table import PlainText

TOKEN = "$ZBT_TOKEN"  # noqa: S105  the name of the variable that a reader of the text fills
_HIDDEN = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "www-authenticate"})


def as_text(request: Request) -> PlainText:
    """Show the request as it would go over the wire, with the token left out."""
    lines = [f"{request.method} {_url(request)}", "Authorization: Zoho-oauthtoken …"]
    lines += [f"{name}: {plain(value)}" for name, value in request.headers]
    if request.json is not None:
        lines += ["Content-Type: application/json", "", *_document(request.json)]
    elif request.form is not None or request.uploads:
        kind = "multipart/form-data" if request.uploads else "application/x-www-form-urlencoded"
        lines += [f"Content-Type: {kind}", ""]
        lines += [f"{name}={_readable(value)}" for name, value in request.form or ()]
        lines += [f"{one.name}@{one.filename} ({counted(len(one.content), 'bytes')})" for one in request.uploads]
    return PlainText("\n".join(lines))


def as_curl(request: Request) -> PlainText:
    """Show the request as a curl command that reads the token from ZBT_TOKEN."""
    parts = ["curl"] if request.method == "GET" else ["curl", "-X", request.method]
    lines = [f"{' '.join(parts)} {shlex.quote(_url(request))}", f'-H "Authorization: Zoho-oauthtoken {TOKEN}"']
    lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers]
    if request.json is not None:
        lines += [
            "-H 'Content-Type: application/json'",
            f"--data-raw {shlex.quote(json.dumps(request.json, ensure_ascii=False))}",
        ]
    elif request.uploads:
        lines += [f"--form-string {shlex.quote(f'{name}={value}')}" for name, value in request.form or ()]
        lines += [f"-F {shlex.quote(f'{upload.name}=@{_for_curl(upload)}')}" for upload in request.uploads]
    else:
        lines += [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in request.form or ()]
    return PlainText(" \\\n  ".join(lines))


def as_python(request: Request) -> PlainText:
    """Show the request as a program that reads the token from ZBT_TOKEN."""
    arguments = [repr(request.method), repr(request.url)]
    if request.params:
        arguments.append(f"params={list(request.params)!r}")
    headers = "".join(f", {name!r}: {value!r}" for name, value in request.headers)
    signed = '"Authorization": f"Zoho-oauthtoken {os.environ[\'ZBT_TOKEN\']}"'
    arguments.append(f"headers={{{signed}{headers}}}")
    if request.json is not None:
        arguments.append(f"json={request.json!r}")
    elif request.form is not None:
        arguments.append(f"data={list(request.form)!r}")
    if request.uploads:
        files = ", ".join(f"({upload.name!r}, open({_file_of(upload)!r}, 'rb'))" for upload in request.uploads)
        arguments.append(f"files=[{files}]")
    arguments += ["timeout=30", "allow_redirects=False"]
    body = "".join(f"    {argument},\n" for argument in arguments)
    return PlainText(
        f"import os\n\nimport requests\n\nresponse = requests.request(\n{body})\nresponse.raise_for_status()\n"
        "print(response.text)"
    )


def head(response: Response) -> PlainText:
    """Show an answer's status and headers; what could be a credential is left out."""
    lines = [f"HTTP {response.status}"]
    lines += [
        f"{plain(redact(name))}: {'…' if name.lower() in _HIDDEN else plain(redact(value))}"
        for name, value in response.headers.items()
    ]
    return PlainText("\n".join(lines))


def _file_of(upload: Upload) -> str:
    return upload.path or upload.filename


def _for_curl(upload: Upload) -> str:
    path = _file_of(upload)
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r"[\s\"\\,;]", path) else path  # curl's own quotes, within the shell's


def _document(body: Any) -> list[str]:
    return [_readable(line) for line in json.dumps(body, ensure_ascii=False, indent=2).split("\n")]


def _readable(value: str) -> str:
    """A value on one line, and whole: line ends and what does not show are escaped, as in JSON."""
    return value if value.isprintable() else "".join(_escaped(character) for character in value)


def _escaped(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def _url(request: Request) -> str:
    return f"{request.url}?{urlencode(request.params)}" if request.params else request.url
