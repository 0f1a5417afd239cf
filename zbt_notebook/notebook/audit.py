"""Finds secrets that a notebook, or any other file, is about to carry into a repository, and writes a copy without.

Looked for are this kernel's live secrets in every dress that ``redactor`` knows, whatever has the shape of Zoho's
codes, tokens and client secrets, and what a name or a header calls a secret. A finding tells the place and never the
value.
"""

import base64
import binascii
import codecs
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from zbt_notebook.client import redactor
from zbt_notebook.client.atomic_write import path_problem, write_atomically
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.plain_file import read_plain
from zbt_notebook.client.quoting import a, counted
from zbt_notebook.client.redactor import HIDDEN
from zbt_notebook.client.secret_forms import Span
from zbt_notebook.client.secret_str import live_secrets

LIVE = "a live secret of this kernel"
TOKEN = "a code or token of Zoho's"  # noqa: S105  the name of a kind
CLIENT_SECRET = "a client secret of Zoho's"  # noqa: S105  as above
NAMED = "a value that its name calls a secret"

# A value in quotes, or bare up to the next blank; a variable or a placeholder is no value: see _is_random
_NAMED = re.compile(
    r"(?:client[ _-]?secret|(?:refresh|access)[ _-]?token|authtoken)\W{1,9}(?P<value>[A-Za-z0-9._~+/-]{16,})"
    r"|(?:Zoho-oauthtoken|Bearer)[ +](?P<bearer>[A-Za-z0-9._~+/-]{16,})",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}")
_BASE32 = re.compile(r"(?<![A-Za-z0-9])[A-Za-z2-7]{64,}")
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}){20,}")
_COMPRESSED = ("H4sI", "eJ", "eN", "eA", "eF")  # how base64 begins of gzip and of zlib
_LARGEST = 2**20  # bytes of what is unpacked: a bomb is not read to its end
_RANDOM_FIGURES = 4  # in a value of 16 characters or more; words have none


@dataclass(frozen=True, slots=True)
class Finding:
    """One secret: where it stands and of what kind it is. The value is not kept."""

    where: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.where}, line {self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in a file; true if there was anything."""

    name: str
    findings: tuple[Finding, ...]
    cleaned: Any = field(repr=False)  # the notebook, or the text of another file, without secrets

    def __bool__(self) -> bool:
        return bool(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __str__(self) -> str:
        name = redactor.one_line(self.name)
        if not self.findings:
            return f"{name}: no secret found"
        count = counted(len(self), "secrets")
        return "\n".join(
            [
                f"{name}: {count} found",
                *(f"  {finding}" for finding in self.findings),
                "Replace each in Zoho's API console, or sign out: what was saved once may have been copied.",
                f"A copy without them: zbt.audit({name!r}).clean(…)",
            ]
        )

    def __repr__(self) -> str:
        return str(self)

    def clean(self, path: str | Path) -> Path:
        """Write a copy in which each secret is replaced by an ellipsis; the path. It may be the file itself.

        Raise UsageError where no file can be written.
        """
        target = Path(path)
        problem = path_problem(target) or ("" if target.parent.is_dir() else "is in a folder that does not exist")
        if problem:
            raise UsageError(f"{str(path)!r} {problem}: nothing was written", hint="Name another file.")
        content = _as_bytes(self.cleaned)
        try:
            write_atomically(target, lambda beside: _write(beside, content))
        except OSError as error:
            reason = error.strerror
        else:
            return target
        raise UsageError(f"{str(path)!r} cannot be written: {reason}", hint="Name another file.")


def audit(notebook: str | Path | Mapping[str, Any]) -> Audit:
    """Look for secrets in a notebook: sources, outputs, widget state, metadata, attachments; in any other file as text.

    *notebook* is a path, or a notebook that was read already. The report is true if anything was found, and
    ``report.clean("copy.ipynb")`` writes a copy without. Raise UsageError where the file cannot be read.
    """
    if isinstance(notebook, Mapping):
        return _audit_notebook("notebook", dict(notebook), "")
    if not isinstance(notebook, str | PathLike):
        raise UsageError(
            f"{a(type(notebook).__name__)} is no notebook", hint="Name a notebook's file, such as analysis.ipynb."
        )
    text = _read(notebook)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict) and ("cells" in content or "worksheets" in content):
        return _audit_notebook(str(notebook), content, text)
    spans = _secrets(text)
    findings = tuple(Finding("text", text.count("\n", 0, start) + 1, what) for start, _, what in spans)
    return Audit(str(notebook), findings, _without(text, spans))


def _audit_notebook(name: str, content: dict[str, Any], text: str) -> Audit:
    findings: list[Finding] = []
    try:
        cleaned = _walk(content, (), content, findings)
    except RecursionError:
        raise UsageError(f"{name!r} is nested too deeply for a notebook", hint="Look at how it was made.") from None
    if not findings:  # a name that stands twice in an object is read once: the last value hides the first
        findings = [
            Finding("a hidden part of the file", text.count("\n", 0, start) + 1, what)
            for start, _, what in _secrets(text)
        ]
    return Audit(name, tuple(findings), cleaned)


def _walk(value: Any, path: tuple[str | int, ...], notebook: dict[str, Any], findings: list[Finding]) -> Any:
    """A copy of a value of the notebook without secrets; what was found goes to *findings*."""
    if isinstance(value, str):
        spans = _secrets(value)
        findings += [Finding(_where(path, notebook), value.count("\n", 0, start) + 1, what) for start, _, what in spans]
        return _without(value, spans)
    if _is_text_in_lines(value):
        whole = "".join(value)  # a secret may go over the end of a line
        cleaned = _walk(whole, path, notebook, findings)
        return list(value) if cleaned == whole else cleaned.splitlines(keepends=True)
    if isinstance(value, list):
        return [_walk(member, (*path, index), notebook, findings) for index, member in enumerate(value)]
    if isinstance(value, dict):
        return {
            _walk(str(name), path, notebook, findings): _walk(member, (*path, str(name)), notebook, findings)
            for name, member in value.items()
        }
    return value


def _is_text_in_lines(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(line, str) for line in value)
        and all(line.endswith("\n") for line in value[:-1])
    )


def _where(path: tuple[str | int, ...], notebook: dict[str, Any]) -> str:
    """Say in words where in a notebook a value stands."""
    match path:
        case ("cells", int(number), *rest):
            cell = notebook["cells"][number]
            kind = cell.get("cell_type") if isinstance(cell, dict) else ""
            known = f" ({kind})" if kind in {"code", "markdown", "raw"} else ""
            return f"cell {number + 1}{known}{_part_of_cell(rest)}"
        case ("metadata", "widgets", *_):
            return "widget state"
        case _:
            return (
                "metadata" if path[:1] == ("metadata",) else redactor.one_line(".".join(map(str, path))) or "notebook"
            )


def _part_of_cell(path: list[str | int]) -> str:
    match path:
        case ["outputs", int(output), "data", str(mime), *_]:
            return f", output {output + 1} ({redactor.one_line(mime)})"
        case ["outputs", int(output), *_]:
            return f", output {output + 1}"
        case ["attachments", str(name), *_]:
            return f", attachment {redactor.one_line(name)}"
        case ["source" | "metadata" as part, *_]:
            return f", {part}"
        case _:
            return ""


def _secrets(text: str) -> list[tuple[int, int, str]]:
    """Where secrets stand in a text, and of what kind they are; what overlaps is one."""
    found = [(*span, LIVE) for span in redactor.find(text, live_secrets())]
    for layer, original in redactor.decodings(text):
        found += [(*original(*span), what) for span, what in _by_pattern(layer)]
    merged: list[tuple[int, int, str]] = []
    for start, end, what in sorted(found, key=lambda one: one[0]):
        if merged and start < merged[-1][1]:
            first, last, known = merged[-1]
            merged[-1] = first, max(last, end), LIVE if LIVE in {known, what} else known
        else:
            merged.append((start, end, what))
    return merged


def _by_pattern(text: str) -> Iterator[tuple[Span, str]]:
    yield from _by_shape(text)
    for match in _NAMED.finditer(text):
        group = "value" if match["value"] else "bearer"
        if _is_random(match[group]):
            yield match.span(group), NAMED
    for match in redactor.TOKEN_SHAPE.finditer(text[::-1]):
        yield (len(text) - match.end(), len(text) - match.start()), TOKEN
    yield from ((match.span(), TOKEN) for match in redactor.TOKEN_SHAPE.finditer(codecs.encode(text, "rot13")))
    yield from _encoded(text)


def _encoded(text: str) -> Iterator[tuple[Span, str]]:
    for run in _BASE64.finditer(text):
        if any(next(_by_shape(decoded), None) for decoded in _from_base64(run.group())):
            yield run.span(), TOKEN
        elif run.group().startswith(_COMPRESSED):
            yield from ((run.span(), what) for _, _, what in _secrets(_unpacked(run.group()))[:1])
    for run in _BASE32.finditer(text):
        if any(next(_by_shape(decoded), None) for decoded in _from_base32(run.group())):
            yield run.span(), TOKEN
    for run in _HEXADECIMAL.finditer(text):
        if any(next(_by_shape(decoded), None) for decoded in _texts(bytes.fromhex(run.group()))):
            yield run.span(), TOKEN


def _by_shape(text: str) -> Iterator[tuple[Span, str]]:
    yield from ((match.span(), TOKEN) for match in redactor.TOKEN_SHAPE.finditer(text))
    yield from ((match.span(), CLIENT_SECRET) for match in redactor.CLIENT_SECRET_SHAPE.finditer(text))


def _is_random(value: str) -> bool:
    """Whether a value can be a secret: letters and figures mixed, as no name, path or placeholder has them."""
    figures = sum(character.isdigit() for character in value)
    letters = {character.lower() for character in value if character.isalpha()}
    return figures >= _RANDOM_FIGURES and len(letters) >= _RANDOM_FIGURES and len(set(value)) >= 2 * _RANDOM_FIGURES


def _from_base64(run: str) -> Iterator[str]:
    """What a run decodes to, wherever in four characters it begins."""
    standard = run.replace("-", "+").replace("_", "/")
    for start in range(4):
        piece = standard[start:]
        try:
            yield from _texts(base64.b64decode(piece[: len(piece) // 4 * 4]))
        except binascii.Error:
            continue


def _texts(data: bytes) -> Iterator[str]:
    """Bytes as a text of one byte a character, and of two, as PowerShell's are."""
    text = data.decode("latin-1")
    yield text
    if "\0" in text:
        yield text.replace("\0", "")


def _unpacked(run: str) -> str:
    """What was compressed, as gzip or zlib do, before it became base64; empty where it was not."""
    data = base64.b64decode(f"{run}===", altchars=b"-_" if {"-", "_"} & set(run) else None)
    with suppress(zlib.error):
        return zlib.decompressobj(wbits=47).decompress(data, _LARGEST).decode("latin-1")  # 47: either header
    return ""


def _from_base32(run: str) -> Iterator[str]:
    for start in range(8):
        piece = run[start:]
        yield base64.b32decode(piece[: len(piece) // 8 * 8], casefold=True).decode("latin-1")


def _without(text: str, spans: list[tuple[int, int, str]]) -> str:
    for start, end, _ in reversed(spans):
        text = text[:start] + HIDDEN + text[end:]
    return text


def _read(path: str | PathLike[str]) -> str:
    try:
        return read_plain(path).decode("utf-8-sig", "surrogateescape")
    except OSError as error:
        reason = error.strerror
    raise UsageError(f"{str(path)!r} cannot be read: {reason}", hint="Name a notebook, such as analysis.ipynb.")


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _as_bytes(content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode("utf-8", "surrogateescape")
    try:
        return json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n"  # as Jupyter writes it
    except UnicodeEncodeError:  # half a surrogate pair
        return json.dumps(content, indent=1).encode() + b"\n"
