"""The words of the field: ``%zbt bugs status==Open``, ``%zbt bug HW1-I600 close``; the same over either API."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zbt_notebook.client.bugs.bug import Bug, creating, made
from zbt_notebook.client.bugs.filters import Filter, read_filter
from zbt_notebook.client.bugs.finding import find_bug
from zbt_notebook.client.bugs.listing import PlannedList, explain, fetch, listing
from zbt_notebook.client.bugs.resolver import Within
from zbt_notebook.client.bugs.writing import Change
from zbt_notebook.client.errors import ApiError, UsageError, ZbtError
from zbt_notebook.client.lists.discovery import discover
from zbt_notebook.client.lists.kinds import find_kind
from zbt_notebook.client.quoting import counted
from zbt_notebook.client.redactor import plain
from zbt_notebook.client.rest import api
from zbt_notebook.client.rest.api import ApiCall, Page
from zbt_notebook.client.rest.encoding import Dates
from zbt_notebook.client.rest.retirement import on_either_api
from zbt_notebook.notebook.magic.commands import calls, results
from zbt_notebook.notebook.magic.commands.results import Answer
from zbt_notebook.notebook.magic.commands.save import check_path
from zbt_notebook.notebook.magic.display import request_preview
from zbt_notebook.notebook.magic.display.table import PlainText, Table, note
from zbt_notebook.notebook.magic.grammar import jmespath_query
from zbt_notebook.notebook.magic.grammar.interpolation import in_text
from zbt_notebook.notebook.magic.grammar.options import LISTS, options_of
from zbt_notebook.notebook.magic.grammar.parser import CommandLine, Options
from zbt_notebook.notebook.magic.grammar.request_builder import fill_options
from zbt_notebook.notebook.magic.session import LastCall, Session

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection

_OPTION = re.compile(r"(?P<name>[a-z-]+)==?(?P<value>[^=].*)", re.DOTALL)
_ITEM = re.compile(r"(?P<name>[^=:@]+?)=(?P<value>.*)", re.DOTALL)


def run(console: Session, line: CommandLine, local: dict[str, Any] | None) -> Any:
    """Do what a word's line says and give its result; None where ``--out`` took it."""
    if "jmespath" in line.options:
        jmespath_query.read(line.options.get("jmespath"))
    connection = console.connection(line.options)
    names = console.names(connection, local)
    options = fill_options(line.options, names)
    if "save" in options:
        check_path(options.get("save"))
    words = [in_text(argument, names, Dates.DAY) for argument in line.arguments]
    word = line.subcommand

    def road() -> Any:
        if word in LISTS:
            return _list(console, connection, word, [_filter(word, one) for one in words], options)
        if word == "bug":
            return _bug(console, connection, words, options)
        return _part(console, connection, word, words[0], options)

    return on_either_api(connection.client, road)


# -- lists


def _filter(kind: str, text: str) -> Filter:
    given = _OPTION.fullmatch(text)
    if given and any(given["name"] == option.name for option in options_of(kind)):
        raise UsageError(
            f"{given['name']} is an option, not a field of {kind}", hint=f"Write --{given['name']} {given['value']}."
        )
    return read_filter(text)


def _list(console: Session, connection: "Connection", kind: str, filters: Sequence[Filter], options: Options) -> Any:
    portal, projects = _where(console, connection, options)
    limit = int(options.get("limit")) if "limit" in options else None
    chosen = listing(connection, kind, filters, portal=portal, projects=projects, limit=limit)
    if "explain" in options:
        return Table(("", ""), tuple(explain(connection, chosen)))
    if "dry-run" in options:
        return _requests(connection, chosen)
    for said in chosen.notes:
        note(said)
    frame = _recorded(
        console, connection, f"%zbt {kind} {' '.join(map(str, filters))}".strip(), lambda: fetch(connection, chosen)
    )
    return _delivered(console, frame, options)


def _where(console: Session, connection: "Connection", options: Options) -> tuple[str, Any]:
    """The portal in use, and the projects that the line names, or the one in use, or all."""
    context = console.atlas(connection).context
    portal = context.portal.id if context.portal else ""
    if "projects" in options:
        return portal, _names(connection, portal, options.get("projects"))
    return portal, context.project.id if context.project else "all"


def _names(connection: "Connection", portal: str, said: str) -> Any:
    """The projects that a text names: one whose name it is, commas and all, or those between the commas."""
    if said.strip().casefold() == "all":
        return "all"
    if "," in said:
        known = connection.lookups.projects(connection.lookups.portal(portal))
        if said.strip().casefold() not in {one.name.casefold() for one in known}:
            return [part.strip() for part in said.split(",") if part.strip()]
    return [said.strip()]


def _requests(connection: "Connection", chosen: PlannedList) -> PlainText:
    """The first request of a list, and how many there are like it; only what they are made of is looked up."""
    request = chosen.request
    calls_to_make = [ApiCall("GET", request.path)]
    if request.kind:
        _, plan = discover(connection.client, request, find_kind(request.kind), lambda _: None)
        calls_to_make = [one.call for one in plan.listings]
    if not calls_to_make:
        return PlainText("Nothing is to be sent: the projects say that they have none.")
    first = request_preview.as_text(
        api.write(api.normalize(calls_to_make[0], connection.data_center), connection.data_center)
    )
    more = f"\n\nand {counted(len(calls_to_make) - 1, 'lists')} like it" if len(calls_to_make) > 1 else ""
    return PlainText(f"{first}{more}")


def _delivered(console: Session, frame: Any, options: Options) -> Any:
    from zbt_notebook.client.frames.arrange import as_records

    if "jmespath" in options:
        expression = jmespath_query.read(options.get("jmespath"))
        records = as_records(frame)
        found = jmespath_query.search(expression, records, None, records)
        return calls.deliver(console, _shaped(found, options), options)
    value = calls.chosen_columns(frame, options)
    return calls.deliver(console, as_records(value) if "json" in options else value, options)


def _shaped(found: Any, options: Options) -> Any:
    is_table = isinstance(found, list) and bool(found) and all(isinstance(record, dict) for record in found)
    if "json" in options or not (is_table or "df" in options):
        return found
    from zbt_notebook.client.frames import to_frame

    rows = found if isinstance(found, list) else [found]
    return to_frame([row if isinstance(row, dict) else {"value": row} for row in rows])


def _part(console: Session, connection: "Connection", word: str, said: str, options: Options) -> Any:
    bug = _found(console, connection, said, options)
    below = {"comments": bug.comments, "history": bug.history, "attachments": bug.attachments}[word]
    if "dry-run" in options:
        part = "activities" if word == "history" else word
        call = api.normalize(ApiCall("GET", f"{bug.path.rstrip('/')}/{part}"), connection.data_center)
        return request_preview.as_text(api.write(call, connection.data_center))
    return _delivered(console, _recorded(console, connection, f"%zbt {word} {bug.key}", below), options)


def _recorded(console: Session, connection: "Connection", line: str, act: Any) -> Any:
    """Do it, and keep for ``%zbt last`` what it was, how long it took and what came."""
    began = console.clock()
    last = console.last_call = LastCall("", line, (), connection.name, began)
    try:
        value = act()
    except ZbtError as error:
        last.outcome = f"{type(error).__name__}: {error.message}"
        raise
    except BaseException:
        last.outcome = "interrupted"
        raise
    finally:
        last.seconds = console.clock() - began
    last.outcome = counted(len(value), "rows") if hasattr(value, "to_csv") else "one thing"
    return value


# -- one bug


def _found(console: Session, connection: "Connection", said: str, options: Options) -> Bug:
    portal, projects = _where(console, connection, options)
    first = [] if projects == "all" else [projects] if isinstance(projects, str) else list(projects)
    return Bug(connection, find_bug(connection, said, portal=portal, projects=first))


def _bug(console: Session, connection: "Connection", words: list[str], options: Options) -> Any:
    said, *rest = words
    if said.casefold() == "new":
        return _new(console, connection, rest, options)
    if not rest:
        return _shown(console, connection, _found(console, connection, said, options), options)
    verb = rest[0].casefold()
    if verb in {"close", "reopen"}:
        fields = _items(rest[1:])
        bug = _found(console, connection, said, options)
        fields = {"status": bug.status_that(closes=verb == "close"), **fields}
    else:
        fields = _items(rest)
        bug = _found(console, connection, said, options)
    comment = str(fields.pop("comment", ""))
    change = bug.change(fields) if fields else Change((), ())
    sent, spoken = bug.calls(change), [bug.commenting(comment)] if comment else []
    if "dry-run" in options:
        return _preview(connection, [*sent, *spoken])
    changes, saying = bug.shown(change), [f"comment: {comment[:60]}"] if comment else []
    question = plain(f"Change {bug.key}: {', '.join([*changes, *saying])}; send it")
    try:
        answers = _written(console, connection, sent, options, question)
    except ApiError as refusal:  # it may be the form of a value that Zoho refuses
        change = change.after(refusal)
        answers = _written(console, connection, bug.calls(change), _without_asking(options), question)
    if answers:
        bug.take(change, answers)
    said_yes = _without_asking(options) if answers else options
    talked = _written(console, connection, spoken, said_yes, question)
    done = [*(changes if answers else ()), *(saying if talked else ())]
    if done:
        note(f"{bug.key}: {', '.join(done)}")
    elif not sent and not spoken:
        note(f"{bug.key} is so already, nothing was sent: {', '.join(changes)}")
    return _shown(console, connection, bug, options)


def _written(
    console: Session, connection: "Connection", wanted: Sequence[ApiCall], options: Options, question: str
) -> list[tuple[ApiCall, Any]]:
    """Send each that this cell has not sent before, asked about once, and give those with their answers.

    The answer of one that was sent before is of then: the bug may have changed since.
    """
    answers = []
    for call in wanted:
        is_new = not calls.is_sent_before(console, connection, call, options)
        value = _write(console, connection, call, options, question)
        if is_new:
            answers.append((call, value))
            options = _without_asking(options)
    return answers


def _write(console: Session, connection: "Connection", call: ApiCall, options: Options, question: str = "") -> Any:
    """Send one and give the whole answer: what shapes a result is for what the word shows in the end."""
    whole = Options(tuple(pair for pair in options.pairs if pair[0] in {"yes", "again", "include"}))
    return calls.write(console, connection, call, whole, question=question)


def _without_asking(options: Options) -> Options:
    return Options((*options.pairs, ("yes", "")))


def _items(words: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        match = _ITEM.fullmatch(word)
        if match is None or match["value"].startswith("="):
            hint = "Write field=value, close or reopen: %zbt bug HW1-I600 status=Closed."
            if match is not None:
                hint = f"Write {match['name']}={match['value'].lstrip('=')}: two equal signs are a filter's."
            raise UsageError(f"{word[:60]!r} changes nothing", hint=hint)
        name = match["name"].strip()
        if name in found:
            raise UsageError(f"{name} is there twice", hint="Keep one of them.")
        found[name] = match["value"]
    return found


def _preview(connection: "Connection", sent: Sequence[ApiCall]) -> PlainText:
    return PlainText(
        "\n\n".join(str(request_preview.as_text(api.write(call, connection.data_center))) for call in sent)
    )


def _new(console: Session, connection: "Connection", words: Sequence[str], options: Options) -> Any:
    fields = _items(words)
    portal, projects = _where(console, connection, options)
    if "project" in fields:
        projects = [fields.pop("project")]
    where = connection.lookups.portal(portal)
    names = [] if projects == "all" else [projects] if isinstance(projects, str) else list(projects)
    within = Within(where, connection.lookups.chosen(where, names))
    comment = fields.pop("comment", "")
    change, call = creating(connection, within, fields)
    if "dry-run" in options:
        if change.beside:
            note(f"then a PATCH to V3, once the bug has its number: {', '.join(name for name, _ in change.beside)}")
        return _preview(connection, [call])
    question = plain(f"Make a bug in {within.projects[0].name} ({', '.join(change.shown(None))}); send it")
    is_new = not calls.is_sent_before(console, connection, call, options)
    unasked = _without_asking(options)
    try:
        value = _write(console, connection, call, options, question)
    except ApiError as refusal:  # it may be the form of a value that Zoho refuses
        change = change.after(refusal)
        value = _write(console, connection, replace(call, fields=change.body), unasked)
    bug = made(connection, within, value)
    if is_new:
        note(f"made {bug.key}")
    answers = _written(console, connection, bug.calls_beside(change), unasked, "")
    if is_new:
        bug.take(change, answers)
    if comment:
        _write(console, connection, bug.commenting(comment), unasked)
    return _shown(console, connection, bug, options)


def _shown(console: Session, connection: "Connection", bug: Bug, options: Options) -> Any:
    """A bug as its card, or as what the options ask for."""
    if "dry-run" in options:
        return _preview(connection, [api.normalize(ApiCall("GET", bug.path), connection.data_center)])
    record = _recorded(console, connection, f"%zbt bug {bug.key}", lambda: bug.record)
    call = api.normalize(ApiCall("GET", bug.path), connection.data_center)
    answer = Answer(call, Page(None, record, record))
    value = results.result(connection, answer, options, console.atlas(connection))
    return calls.deliver(console, value, options)
