"""The walk of a call: filled in, guarded, sent or shown, remembered, given back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zbt_notebook.client import signed_in
from zbt_notebook.client.bugs.finding import with_ids
from zbt_notebook.client.errors import ScopeMissing, Unreachable, UsageError, ZbtError
from zbt_notebook.client.lists.fields import CUSTOM, FIELDS
from zbt_notebook.client.lists.first_columns import kind_of
from zbt_notebook.client.quoting import counted, shown
from zbt_notebook.client.redactor import plain
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.suggestions import did_you_mean, folded, same_name
from zbt_notebook.notebook.magic.commands import results
from zbt_notebook.notebook.magic.commands.results import Answer
from zbt_notebook.notebook.magic.commands.retired import explained
from zbt_notebook.notebook.magic.commands.save import check_path, save
from zbt_notebook.notebook.magic.display import request_preview
from zbt_notebook.notebook.magic.display.table import ago, listed, note
from zbt_notebook.notebook.magic.grammar import jmespath_query
from zbt_notebook.notebook.magic.grammar.options import WRITES, seconds, variable
from zbt_notebook.notebook.magic.grammar.parser import CallLine, Options
from zbt_notebook.notebook.magic.grammar.request_builder import doubts, fill, fill_options
from zbt_notebook.notebook.magic.grammar.tokenizer import quote_word
from zbt_notebook.notebook.magic.session import LastCall, Session
from zbt_notebook.notebook.magic.write_guard import Sent, confirm, summary

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection
    from zbt_notebook.client.http.messages import Request

_SHOWN: dict[str, Callable[["Request"], Any]] = {
    "dry-run": request_preview.as_text,
    "curl": request_preview.as_curl,
    "python": request_preview.as_python,
}


def run(console: Session, line: CallLine, cell: str | None, local: dict[str, Any] | None) -> Any:
    """Do what a call's line says and give its result; None where ``--out`` took it."""
    if "jmespath" in line.options:
        jmespath_query.read(line.options.get("jmespath"))
    _refuse_mixtures(line.options)
    connection = console.connection(line.options)
    names = console.names(connection, local)
    options = fill_options(line.options, names)
    if "save" in options:
        check_path(options.get("save"))
    call = api.normalize(with_ids(connection, fill(line, names, cell)), connection.data_center)
    for doubt in doubts(call):
        note(doubt)
    preview = options.first_of(*_SHOWN)
    if preview:
        return _assign(console, _SHOWN[preview](api.write(call, connection.data_center)), options)  # nothing to save
    if call.method in WRITES:
        return deliver(console, write(console, connection, call, options), options)
    answer = _read(console, connection, call, options)
    value = results.result(connection, answer, options, console.atlas(connection))
    results.tell_the_rest(answer)
    return deliver(console, chosen_columns(value, options), options)


def _refuse_mixtures(options: Options) -> None:
    if len(options.pairs) < 2:  # noqa: PLR2004  a mixture is of two
        return
    many = options.first_of("all", "limit", "cache")
    one = options.first_of("response", "include")
    if many and one:
        why = "many" if many != "cache" else "one from memory, which is without its head"
        raise UsageError(
            f"--{one} shows one answer as it came, --{many} may bring {why}", hint=f"Take --{one} or --{many} away."
        )
    shaping = options.first_of("jmespath", "save")
    if "response" in options and shaping:
        raise UsageError(f"--response gives the answer as it came, --{shaping} another", hint="Take one of them away.")


def _read(console: Session, connection: "Connection", call: ApiCall, options: Options) -> Answer:
    limit = int(options.get("limit")) if "limit" in options else None
    many = "all" in options or limit is not None
    extent = f"{many} {limit}"
    if "cache" in options:
        found = console.memory.find(connection, call, extent, seconds(options.get("cache")))
        if found:
            note(f"from memory, fetched {ago(found[0])}")
            return Answer(call, *found[1], is_whole=many, limit=limit)
    answer = recorded(
        console,
        connection,
        call,
        lambda: results.fetch_pages(connection, call, limit) if many else results.fetch_one(connection, call),
    )
    if "cache" in options:
        console.memory.keep(connection, call, extent, (answer.page, answer.pages))
    _include(answer, options)
    return answer


def write(console: Session, connection: "Connection", call: ApiCall, options: Options, question: str = "") -> Any:
    """Send a write that was asked about, once a cell, and give its result; *question* says in words what it does."""
    console.refuse_write(connection, call.method)
    request = api.write(call, connection.data_center)
    cell = console.cell()
    earlier = _sent_before(console, request, options)
    if earlier:
        return _not_again(earlier, console.clock())
    if "yes" not in options:
        where = f"{connection.data_center.name}, connection {connection.name}"
        asked = question or f"Send {call.method} {call.path} ({_content(call)})"
        confirm(f"{asked} to {where}?", console.ask)
    try:
        answer = recorded(console, connection, call, lambda: results.fetch_one(connection, call))
    except Unreachable as error:
        if error.outcome_unknown:
            console.ledger.enter_doubt(cell, request)
        raise
    except KeyboardInterrupt:
        console.ledger.enter_doubt(cell, request)
        raise KeyboardInterrupt(_UNCERTAIN) from None
    console.memory.forget(connection)  # what was read before may not be so any more
    _include(answer, options)
    value = results.result(connection, answer, options, console.atlas(connection))
    console.ledger.enter(cell, request, value)
    return value


def is_sent_before(console: Session, connection: "Connection", call: ApiCall, options: Options) -> bool:
    """Say whether this cell sent the write before, so that it is not sent now."""
    return _sent_before(console, api.write(call, connection.data_center), options) is not None


def _sent_before(console: Session, request: "Request", options: Options) -> Sent | None:
    return None if "again" in options else console.ledger.earlier(console.cell(), request)


_UNCERTAIN = "the write was interrupted: it may have happened\nLook whether it did; if not, --again sends it once more."


def _not_again(earlier: Sent, now: float) -> Any:
    """Give the answer that the same write of the same cell had; raise UsageError where it had none."""
    if not earlier.is_certain:
        raise UsageError(
            f"this cell's write may have happened: {earlier.describe(now)}",
            hint="Look whether it did; if not, add --again to send it once more.",
        )
    note(f"not sent again from this cell: {earlier.describe(now)}. Add --again to send it once more.")
    return earlier.answer


def _content(call: ApiCall) -> str:
    fields = [f"{name}={str(value)[:40]}" for name, value in call.fields[:4]]
    more = [f"{len(call.fields) - 4} more fields"] if len(call.fields) > 4 else []  # noqa: PLR2004  what fits on a line
    files = [f"{upload.name}@{upload.filename}" for upload in call.uploads]
    document = ["a JSON list"] if call.json is not None else []
    return plain(", ".join([*fields, *more, *files, *document]) or "without a body")


def recorded(console: Session, connection: "Connection", call: ApiCall, act: Callable[[], Answer]) -> Answer:
    """Make the call, and keep for ``%zbt last`` what it was, how long it took and what came."""
    began = console.clock()
    last = console.last_call = LastCall(call.method, call.path, call.params, connection.name, began)
    try:
        answer = act()
    except ZbtError as failure:
        error = explained(connection, call, failure)
        _name_the_connection(error, connection)
        last.outcome = f"{type(error).__name__}: {error.message}"
        if error is failure:
            raise
        raise error from None
    except BaseException:
        last.outcome = "interrupted"
        raise
    finally:
        last.seconds = console.clock() - began
    last.outcome = _outcome(answer)
    return answer


def _name_the_connection(error: ZbtError, connection: "Connection") -> None:
    """Where another connection is the current one, the line that the error offers has to say which is meant."""
    if isinstance(error, ScopeMissing) and error.needed and signed_in.current() is not connection:
        error.hint += f" --as {quote_word(connection.name)}"


def _outcome(answer: Answer) -> str:
    response, records = answer.response, answer.records
    if records is None:
        brought = summary(answer.page.thing) or "one thing"
    else:
        pages = f" of {answer.pages} pages" if answer.pages > 1 else ""
        brought = f"{counted(len(records), 'rows')}{pages}"
    return f"HTTP {response.status}, {brought}, {counted(len(response.body), 'bytes')}" if response else brought


def _include(answer: Answer, options: Options) -> None:
    if "include" in options and answer.response is not None:
        for line in request_preview.head(answer.response).splitlines():
            note(line)


def deliver(console: Session, value: Any, options: Options) -> Any:
    """Put a result where the options say: into a variable, a file; give back what the cell shows."""
    left = _assign(console, value, options)  # first: what came is not lost with a file that could not be written
    if "save" in options:
        path = save(value, options.get("save"), append="append" in options)
        note(f"saved {_extent(value)}to {path}")
    return left


def chosen_columns(value: Any, options: Options) -> Any:
    """A table with the columns that the options name, or marked to show all; UsageError for one that there is not."""
    if not hasattr(value, "to_csv"):
        return value
    if "columns" in options:
        names = [name.strip() for name in options.get("columns").split(",") if name.strip()]
        value = value[list(dict.fromkeys(_column(name, value) for name in names))]
    if ("columns" in options or "all-columns" in options) and isinstance(value.attrs.get("zbt"), dict):
        value.attrs["zbt"] = {**value.attrs["zbt"], "all_columns": True}
    return value


def _column(name: str, table: Any) -> str:
    """The column that is called so by Zoho, or that holds the field of that name or label; UsageError for none."""
    if name in table.columns:
        return name
    origin = table.attrs.get("zbt") or {}
    kind = origin.get("kind") or origin.get("word") or kind_of(str(origin.get("path") or ""))
    held = [
        candidate
        for one in FIELDS.get(kind, ())
        if any(same_name(name, word) for word in (one.name, one.label, *one.words))
        for candidate in (one.name, *one.paths)
    ]
    known = {folded(str(column)): column for column in table.columns}
    for candidate in (name, CUSTOM + name, *held):
        if folded(candidate) in known:
            return str(known[folded(candidate)])
    spoken = [str(column).removeprefix(CUSTOM) for column in table.columns]
    raise UsageError(
        f"the table has no column {shown(name)}", hint=did_you_mean(name, spoken, f"It has: {listed(spoken)}.")
    )


def _assign(console: Session, value: Any, options: Options) -> Any:
    """Put the value where ``--out`` says; give it back where nothing does."""
    if "out" not in options:
        return value
    console.shell.push({variable(options.get("out")): value}, interactive=True)
    return None


def _extent(value: Any) -> str:
    return f"{counted(len(value), 'rows')} " if isinstance(value, list) or hasattr(value, "to_csv") else ""
