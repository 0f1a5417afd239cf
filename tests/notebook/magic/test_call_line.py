"""The grammar of a line: written, read, and refused with advice."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notebook.magic.written_lines import format_line
from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.redactor import holds_token
from zbt_notebook.notebook.magic.grammar import jmespath_query
from zbt_notebook.notebook.magic.grammar.options import CALL, METHODS, OPTIONS, SUBCOMMANDS, Option, options_of, seconds
from zbt_notebook.notebook.magic.grammar.parser import (
    CallLine,
    CommandLine,
    Item,
    ItemKind,
    Options,
    parse,
    parse_item,
)
from zbt_notebook.notebook.magic.grammar.tokenizer import quote_word, split_words

SECRET = "s3cr3tc4n4ry"
TOKEN = "1000." + "ab12" * 8 + "." + "cd34" * 8


def refusal_of(act: Callable[[], object]) -> UsageError | None:
    try:
        act()
    except UsageError as refusal:
        return refusal
    return None


texts = st.text(max_size=12).filter(lambda text: not holds_token(text))
SAMPLES = {
    "text": st.text(min_size=1, max_size=12).filter(lambda text: bool(text.strip()) and not holds_token(text)),
    "number": st.integers(1, 10**9 - 1).map(str),
    "seconds": st.sampled_from(["5", "30s", "1.5m", "2h"]),
    "duration": st.sampled_from(["5", "30s", "10m", "2h", "1d"]),
    "variable": st.sampled_from(["bugs", "x", "_hidden", "größe"]),
    "file": st.sampled_from(["a.csv", "a b/c.json", "x.JSONL", "C:\\out\\y.parquet", "-z.csv"]),
}


def value_of(option: Option) -> st.SearchStrategy[str]:
    if not option.takes_value:
        return st.just("")
    return st.sampled_from(option.choices) if option.choices else SAMPLES[option.kind]


@st.composite
def options_for(draw: st.DrawFn, owner: str, *, leave_out: frozenset[str] = frozenset()) -> Options:
    pairs: list[tuple[str, str]] = []
    groups: set[str] = set()
    for option in options_of(owner):
        if option.name in leave_out or option.group in groups or not draw(st.booleans()):
            continue
        if option.group:
            groups.add(option.group)
        pairs.append((option.name, draw(value_of(option))))
    order = list(dict.fromkeys(option.name for option in OPTIONS))
    return Options(tuple(sorted(pairs, key=lambda pair: order.index(pair[0]))))


names = st.text(min_size=1, max_size=8).filter(
    lambda name: (
        bool(name.strip())
        and name.strip().lower() != "authorization"
        and not name.lower().replace("_", "-").lstrip("-").startswith(("access-token", "auth", "client-s", "refresh-t"))
    )
)


@st.composite
def calls(draw: st.DrawFn) -> CallLine:
    method = draw(st.sampled_from(METHODS))
    kinds = [ItemKind.QUERY, ItemKind.HEADER] if method == "GET" else list(ItemKind)
    items = draw(st.lists(st.builds(Item, st.sampled_from(kinds), names, texts), max_size=4))
    path = draw(st.one_of(texts.map("/".__add__), st.just("https://bugtracker.zoho.com/restapi/portals/")))
    leave_out = frozenset() if method == "GET" else frozenset({"all", "limit", "cache"})
    return CallLine(method, path, tuple(items), draw(options_for(CALL, leave_out=leave_out)))


@st.composite
def commands(draw: st.DrawFn) -> CommandLine:
    command = SUBCOMMANDS[draw(st.sampled_from(sorted(SUBCOMMANDS)))]
    if command.name == "use":
        given_names = draw(st.lists(st.sampled_from(["portal", "project"]), unique=True))
        arguments = tuple(f"{name}={draw(texts)}" for name in given_names)
    else:
        arguments = tuple(draw(st.lists(texts, min_size=command.at_least, max_size=command.at_most)))
    return CommandLine(command.name, arguments, draw(options_for(command.name)))


@given(calls())
def test_a_call_survives_being_written_and_read(call: CallLine) -> None:
    """Whatever a call holds, its line says: parse(format(call)) == call."""
    assert parse(format_line(call)) == call


@given(commands())
def test_a_subcommand_survives_being_written_and_read(command: CommandLine) -> None:
    """The same for subcommands."""
    assert parse(format_line(command)) == command


@given(
    st.text()
    | st.lists(st.sampled_from(["GET", "/a", "x==", "'", '"', "{", "}", "\\", "--", "-q", "use", "="])).map(" ".join)
)
def test_any_text_is_read_or_refused(line: str) -> None:
    """No line raises anything but UsageError, which has a message and a hint of one line each."""
    refusal = refusal_of(lambda: parse(line))
    assert refusal is None or (refusal.message and refusal.hint)
    assert refusal is None or "\n" not in refusal.message + refusal.hint


@given(st.text())
def test_a_quoted_word_is_one_word(word: str) -> None:
    """quote_word and split_words are each other's inverse, in any company."""
    line = f"a {quote_word(word)} }}"
    assert split_words(line) == ("a", word, "}")


def test_methods_default_to_get_and_come_in_any_case() -> None:
    """A line that begins with a path is a GET; ``post`` is POST."""
    assert parse("/portals/") == CallLine("GET", "/portals/")
    assert parse("post /portals/") == CallLine("POST", "/portals/")


def test_all_items_of_httpie() -> None:
    """Five separators, five kinds of item; values are kept as they stand."""
    call = parse("POST /x/ page==2 title='A b' n:=3 log@C:\\tmp\\a.txt X-Mode:fast e=a@b.c u=http://x/?a=b")
    assert isinstance(call, CallLine)
    assert [(str(item.kind), item.name, item.value) for item in call.items] == [
        ("==", "page", "2"),
        ("=", "title", "A b"),
        (":=", "n", "3"),
        ("@", "log", "C:\\tmp\\a.txt"),
        (":", "X-Mode", "fast"),
        ("=", "e", "a@b.c"),
        ("=", "u", "http://x/?a=b"),
    ]


@pytest.mark.parametrize(
    ("word", "item"),
    [
        (r"foo\:bar:baz", Item(ItemKind.HEADER, "foo:bar", "baz")),
        (r"jack\@jill:hill", Item(ItemKind.HEADER, "jack@jill", "hill")),
        (r"baz\=bar=foo", Item(ItemKind.FIELD, "baz=bar", "foo")),
        (r"path=c:\windows", Item(ItemKind.FIELD, "path", r"c:\windows")),
        (r"path\==c:\windows", Item(ItemKind.FIELD, "path=", r"c:\windows")),
        (r"a=\=b", Item(ItemKind.FIELD, "a", "=b")),
        ("a===b", Item(ItemKind.QUERY, "a", "=b")),
    ],
)
def test_a_backslash_takes_a_separators_meaning_away(word: str, item: Item) -> None:
    """As in HTTPie; other backslashes stay."""
    assert parse_item(word) == item


def test_a_python_expression_stays_together() -> None:
    """Spaces and quotes inside braces need no quotes around them."""
    assert split_words("/portal/{ports[0]['my id']}/ x=={a + 1} q=={{ y") == (
        "/portal/{ports[0]['my id']}/",
        "x=={a + 1}",
        "q=={{",
        "y",
    )


def test_options_stand_anywhere() -> None:
    """Before the path, after it, short, long, or joined by an equals sign."""
    call = parse("--all -q '[].id' GET /portals/ --as=work --cache 10m")
    assert call == CallLine(
        "GET", "/portals/", (), Options((("all", ""), ("jmespath", "[].id"), ("cache", "10m"), ("as", "work")))
    )


def test_wait_may_go_without_its_seconds() -> None:
    """``--wait`` is 300 seconds; a following number is taken, a following option is not."""
    assert parse("login --wait") == CommandLine("login", (), Options((("wait", "300"),)))
    assert parse("login --wait 20 --sandbox").options.get("wait") == "20"
    assert parse("login --wait --sandbox").options.get("wait") == "300"


def test_an_empty_line_asks_for_help() -> None:
    """``%zbt`` alone is ``%zbt help``."""
    assert parse("  ") == CommandLine("help")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("PSOT /portals/", "'PSOT' is neither a method nor a subcommand", "Did you mean POST?"),
        ("stauts", "'stauts' is neither", "Did you mean status?"),
        ("GET portals/", "'portals/' is not a path", "A path begins with a slash: /portals/"),
        ("portals/", "'portals/' is not a path", "/portals/"),
        ("GET", "GET is given without a path", "%zbt GET /portals/"),
        ("/portals/ --al", "there is no option '--al'", "Did you mean --all?"),
        ("/portals/ \u2014all", "there is no option '\u2014all'", "Did you mean --all?"),
        ("/portals/ -o", "-o is given without its NAME", "-o, --out NAME"),
        ("/portals/ --foo", "there is no option '--foo'", "%zbt help lists the options"),
        ("/portals/ -ofile", "there is no option '-ofile'", "-o, --out NAME"),
        ("/portals/ -o 1x", "--out takes the name of a variable, not '1x'", "--out bugs"),
        ("/portals/ --limit 0", "--limit takes a whole number from 1 up, not '0'", "--limit 500"),
        (
            "/portals/ --save a.xls",
            "--save takes a file that ends in .csv, .json, .jsonl, .parquet or .xlsx",
            "bugs.csv",
        ),
        ("/portals/ --df --json", "--json and --df exclude each other", "Keep one"),
        ("/portals/ --all=yes", "--all takes no value", "Write --all alone"),
        ("/portals/ --dc eu", "--dc is not an option of a call", "%zbt login"),
        ("/portals/ GET", "'GET' is not an item", "The method comes before the path"),
        ("/portals/ # all of them", "'#' is not an item", "put it on a line of its own"),
        ("POST /x/ title=Fix #12", "'#12' is not an item", "A text with spaces goes in quotes"),
        ("/portals/ ; --all", "';' is not an item", "at the end of the line"),
        ("/portals/ =x", "an item begins with '=' and has no name", "name=value"),
        ("/portals/ status=open", "'status=…' is part of a body, and a GET has none", "status==…"),
        ("POST /x/ --all", "--all is for GET, not for POST", "Take --all away"),
        ("POST /x/ title=Don't", "a quote (') is opened and never closed", "Don't panic"),
        ("switch", "%zbt switch needs NAME", "%zbt switch work"),
        ("use portla=x", "%zbt use does not know 'portla'", "portal=NAME-OR-ID"),
        ("login --mode crad", "--mode takes auto, card, prompt, device, loopback or env, not 'crad'", "--mode"),
    ],
)
def test_a_wrong_word_is_quoted_with_the_nearest_right_one(line: str, message: str, hint: str) -> None:
    """The first line points at the word, the second says what to write."""
    with pytest.raises(UsageError) as refusal:
        parse(line)
    assert message in refusal.value.message
    assert hint in refusal.value.hint


_ITEMS = "Items come after the path: name==value, name=value, name:=json, name@file or Name:value."
_NO_OPTION = "%zbt help lists the options. Before an item that begins with a dash, write --."
_PATH = "A path begins with a slash, as in /portals/; the items come after it."
_FIRST = "Begin with a path (/portals/), a method or a subcommand; %zbt help."
_OUT = "Write -o, --out NAME: put the result into this variable."
_COMMENT = "A %zbt line takes no comment: put it on a line of its own. A text with spaces goes in quotes."


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("/portals/ --limit 5 --limit 6", "--limit is there twice", "Keep one of them."),
        ("/portals/ --df --json", "--json and --df exclude each other", "Keep one of them."),
        ("/portals/ --dc eu", "--dc is not an option of a call", "It belongs to %zbt login."),
        ("status --yes", "--yes is not an option of %zbt status", "It belongs to calls, %zbt bug."),
        ("/portals/ --foo", "there is no option '--foo'", _NO_OPTION),
        ("/portals/ -all", "there is no option '-all'", "Did you mean --all?"),
        ("/portals/ -afile", "there is no option '-afile'", _NO_OPTION),
        ("/portals/ —all=yes", "there is no option '—all'", "Did you mean --all?"),
        ("/portals/ -o --all=1", "-o is given without its NAME", _OUT),
        ("/portals/ -", "'-' is not an item", _ITEMS),
        ("/portals/ x", "'x' is not an item", _ITEMS),
        ("POST /x/ -- -x=1 --all", "'--all' is not an item", _ITEMS),
        ("/portals/ get", "'get' is not an item", "The method comes before the path: %zbt GET …"),
        ("/portals/ #", "'#' is not an item", _COMMENT),
        ("/portals/ ;", "';' is not an item", "It stands at the end of the line, and hides the result."),
        ("use a b c", "%zbt use takes no more than [portal=NAME-OR-ID] [project=NAME-OR-ID]", "As in: %zbt use"),
        ("status x", "%zbt status takes options only", "As in: %zbt status"),
        ("use portla", "%zbt use does not know 'portla'", "Write portal=NAME-OR-ID."),
        ("use portal", "%zbt use does not know 'portal'", "Write portal=NAME-OR-ID."),
        ("use projcet=x", "%zbt use does not know 'projcet'", "Write project=NAME-OR-ID."),
        ("use zzz=1", "%zbt use does not know 'zzz'", "Write portal=NAME-OR-ID or project=NAME-OR-ID."),
        ("use portal=1 portal=2", "portal is there twice", "Keep one of them."),
        ("use project=a=b project=c", "project is there twice", "Keep one of them."),
        ("zzzzz", "'zzzzz' is neither a method nor a subcommand, and a path begins with /", _FIRST),
        ("ftp://x/y", "'ftp://x/y' is neither a method nor a subcommand, and a path begins with /", _FIRST),
        ("GET a=b", "'a=b' is not a path", _PATH),
        ("GET ftp://x/y", "'ftp://x/y' is not a path", _PATH),
        ("GET ?x", "'?x' is not a path", _PATH),
        ("GET Portals/", "'Portals/' is not a path", "A path begins with a slash: /Portals/"),
        ("POST /x/ --limit 5", "--limit is for GET, not for POST", "Take --limit away."),
        ("PUT /x/ --cache 5m", "--cache is for GET, not for PUT", "Take --cache away."),
    ],
)
def test_what_is_said_of_a_wrong_line(line: str, message: str, hint: str) -> None:
    """Word for word: what is wrong, and the line that would be right."""
    with pytest.raises(UsageError) as refusal:
        parse(line)
    assert (refusal.value.message, refusal.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("--help", ()),
        ("-h", ()),
        ("get --help", ()),
        ("GET /portals/ --help", ("/portals/",)),
        ("bugs status==Open -h", ("bugs",)),
        ("GET bugs /x/ --help", ("/x/",)),
        ("--all /portals/ -h", ("/portals/",)),
        ("help -h", ("-h",)),
    ],
)
def test_help_is_given_on_what_the_line_is_about(line: str, topic: tuple[str, ...]) -> None:
    """On the path of a call, else on the first word; a method alone is no topic."""
    assert parse(line) == CommandLine("help", topic)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("use project=a=b", "project", "a=b"),
        ("use project=", "project", ""),
    ],
)
def test_a_name_to_use_may_hold_an_equals_sign(line: str, name: str, value: str) -> None:
    """The first one ends the word portal or project."""
    assert parse(line) == CommandLine("use", (f"{name}={value}",))


def test_two_dashes_end_the_options() -> None:
    """What follows may begin with a dash."""
    assert parse("/portals/ --all -- -x==1") == CallLine(
        "GET", "/portals/", (Item(ItemKind.QUERY, "-x", "1"),), Options((("all", ""),))
    )
    assert parse("use -- portal=1") == CommandLine("use", ("portal=1",))


@pytest.mark.parametrize("written", ["20", "1.5h", "30s", "1d"])
def test_a_length_of_time_after_wait_is_its_own(written: str) -> None:
    """Any other word is not, and is refused as one too many."""
    assert parse(f"login --wait {written}").options.get("wait") == written
    with pytest.raises(UsageError, match="options only"):
        parse("login --wait 30S")


def test_an_address_of_plain_http_is_a_path() -> None:
    """As a proxy's on this machine is."""
    address = "http://localhost/restapi/portals/"
    assert parse(address) == CallLine("GET", address)


def test_options_that_are_not_there_are_empty() -> None:
    """And the first of several that is there is the line's, not the caller's."""
    options = parse("/portals/ --all --save a.csv").options
    assert (options.get("limit"), options.get("limit", "7"), options.get("save")) == ("", "7", "a.csv")
    assert (options.first_of("limit", "save", "all"), options.first_of("limit")) == ("all", "")
    assert "limit" not in options


@pytest.mark.parametrize(
    "line",
    [
        f"login --client-secret {SECRET}",
        f"login --client-secret={SECRET}",
        f"login --code {SECRET}",
        f"login --token {SECRET}",
        f"login --refresh_token={SECRET}",
        f"login client_secret={SECRET}",
        f"login code=={SECRET}",
        f"login {SECRET}",
        f"GET /portals/ --token {SECRET}",
        f"GET /portals/ authtoken=={SECRET}",
        f"GET /portals/ Authorization:{SECRET}",
        f"POST /portals/ refresh_token={SECRET}",
    ],
)
def test_a_secret_is_refused_and_not_repeated(line: str) -> None:
    """A secret on the line is in the history already; the refusal does not put it into the outputs as well."""
    with pytest.raises(UsageError) as refusal:
        parse(line)
    assert SECRET not in str(refusal.value)
    assert SECRET not in "".join(refusal.value._render_traceback_())


@pytest.mark.parametrize("line", [f"GET /x/ a=={TOKEN}", f"login {TOKEN}", f"GET /x/{TOKEN}/", f"status --as {TOKEN}"])
def test_what_looks_like_a_token_is_refused_anywhere(line: str) -> None:
    """Zoho's codes and tokens have a shape; nothing of that shape is taken from a line or repeated."""
    with pytest.raises(UsageError) as refusal:
        parse(line)
    assert TOKEN not in str(refusal.value)


@given(st.text(max_size=6))
def test_a_length_of_time_is_read_or_refused(text: str) -> None:
    """Seconds come out, never less than none."""
    refusal = refusal_of(lambda: seconds(text))
    assert refusal.hint if refusal else seconds(text) >= 0


def test_lengths_of_time() -> None:
    """Seconds by themselves; s, m, h and d as everywhere."""
    assert [seconds(text) for text in ("90", "30s", "10m", "1.5h", "1d")] == [90, 30, 600, 5400, 86400]


def test_options_are_declared_once() -> None:
    """No spelling means two things: the same name on several subcommands takes a value on all or on none."""
    spellings: dict[str, tuple[str, bool]] = {}
    for option in OPTIONS:
        for spelling in filter(None, (option.flag, option.short)):
            assert spellings.setdefault(spelling, (option.name, option.takes_value)) == (
                option.name,
                option.takes_value,
            )
        assert option.help
        assert bool(option.metavar) == option.takes_value
        assert set(option.on) <= {CALL, *SUBCOMMANDS}


@pytest.mark.parametrize(
    ("written", "expression"),
    [
        ("[?status.type=='Open'].title", "[?status.type=='Open'].title"),
        ("\"[?status.type=='Open'].title\"", "[?status.type=='Open'].title"),
        ("'[?n==`1`].{a: id, b: title}'", "[?n==`1`].{a: id, b: title}"),
        ("[?title == 'Save as'].{a: id}", "[?title == 'Save as'].{a: id}"),
        ("[].{a: id, b: title}", "[].{a: id, b: title}"),
        ('"odd name".x', '"odd name".x'),
        ('[?a==`"b c"`]', '[?a==`"b c"`]'),
        ("[?t=='it\\'s']", "[?t=='it\\'s']"),
        ("sort_by(@, &id)[0]", "sort_by(@, &id)[0]"),
        ("'a'=='b'", "'a'=='b'"),
    ],
)
@pytest.mark.parametrize("option", ["-q ", "--jmespath ", "--jmespath=", "-q="])
def test_an_expression_is_taken_as_it_is_written(written: str, expression: str, option: str) -> None:
    """With quotes around it or without; its own quotes and spaces stay."""
    call = parse(f"/portals/ {option}{written} --all a=='b c'")
    assert call.options.get("jmespath") == expression
    assert "all" in call.options
    assert isinstance(call, CallLine)
    assert call.items == (Item(ItemKind.QUERY, "a", "b c"),)


@pytest.mark.parametrize(
    "written",
    ['"[?name=="x"]"', "'[?name=='x']'", "'[?name=='x y']'", "[?a == 'b", "'[?t==\\'x\\']'", "[?a=='b'", "don't"],
)
def test_an_expression_whose_quotes_are_ambiguous_is_refused(written: str) -> None:
    """Eaten quotes would ask for another thing, and answer with nothing."""
    with pytest.raises(UsageError):
        jmespath_query.read(parse(f"/portals/ -q {written}").options.get("jmespath"))
