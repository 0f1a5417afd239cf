"""Values in lines and bodies: encoded for their place, unknown names and secrets refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zbt_notebook.client.errors import UsageError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.redactor import holds_token
from zbt_notebook.client.rest.encoding import Dates
from zbt_notebook.notebook.magic.grammar.cell_body import Body, read_body
from zbt_notebook.notebook.magic.grammar.interpolation import Names, in_json, in_json_body, in_path, in_text

TOKEN = "1000." + "ab12" * 8 + "." + "cd34" * 8


class Masked:
    is_secret = True

    def __str__(self) -> str:
        return "canary"


def names(context: dict[str, str] | None = None, **values: object) -> Names:
    def evaluate(expression: str) -> object:
        return eval(expression, dict(values))  # noqa: S307  as the magic does it: the user's own expressions

    return Names(context or {}, evaluate, lambda: values, lambda: ("hunter2hunter2",))


def refused(act: Callable[[], object]) -> UsageError:
    with pytest.raises(UsageError) as refusal:
        act()
    assert refusal.value.hint
    return refusal.value


@pytest.mark.parametrize("variable", ["700", 700, 700.0, np.int64(700), "mine", " MINE ", len, pd.DataFrame(), None])
def test_the_context_comes_first(variable: object) -> None:
    """{portal} is what ``%zbt use`` set, where a variable of that name means the same, or is no text and no number."""
    given_names = replace(names({"portal": "700"}, portal=variable, bug=12), called={"portal": "Mine"})
    assert in_path("/portal/{portal}/bugs/{bug}/", given_names) == "/portal/700/bugs/12/"


OTHERS = [("701", "'701'"), (701, "'701'"), (7.5, "'7.5'"), (np.int64(7), "'7'"), (Decimal(7), "'7'"), ("", "''")]
OTHERS += [(True, "'true'"), (float("nan"), "a float"), (10**2000, "an int")]


@pytest.mark.parametrize(("variable", "told"), OTHERS, ids=[told for _, told in OTHERS])
def test_a_variable_that_means_another_thing_than_the_context_is_refused(variable: object, told: str) -> None:
    """Both values are named, and how to say which; {use.portal} is always the context's."""
    given_names = replace(names({"portal": "700"}, portal=variable), called={"portal": "Mine"})
    for fill in (in_path, in_text, in_json):
        refusal = refused(partial(fill, "/{portal}" if fill is in_path else "{portal}", given_names))
        assert "'Mine' (700)" in refusal.message
        assert told in refusal.message
        assert "{use.portal}" in refusal.hint
    assert in_path("/{use.portal}/{ use . portal }/", given_names) == "/700/700/"
    assert in_text("{use.portal}", replace(given_names, variables_first=True)) == "700"
    assert "no project is in use" in refused(lambda: in_text("{use.project}", given_names)).message


def test_a_line_that_sets_the_context_means_the_variables() -> None:
    """``%zbt use project={project}`` in a loop."""
    given_names = replace(names({"project": "1"}, project="Payments"), variables_first=True)
    assert in_text("{project}", given_names) == "Payments"
    assert in_text("{project}", replace(names({"project": "1"}), variables_first=False)) == "1"


def test_any_python_expression_will_do() -> None:
    """Braces hold an expression, with quotes and brackets of its own."""
    values = names(rows=[{"id": 7, "}": 8}], x=2)
    assert in_path("/bugs/{rows[0]['id']}/{x + 1}/{rows[0]['}']}", values) == "/bugs/7/3/8"
    assert in_text("{ {'a': x}['a'] }", values) == "2"


def test_double_braces_are_braces() -> None:
    """``{{`` and ``}}`` on a line are literal."""
    assert in_text("{{x}} {{{x}}}", names(x=1)) == "{x} {1}"


@given(st.text(min_size=1).filter(lambda text: not holds_token(text)))
def test_a_value_cannot_change_the_path(text: str) -> None:
    """A value stays inside its segment: slashes, dots, line ends, percent signs and all."""
    try:
        path = in_path("/portal/{x}/bugs/", names(x=text))
    except UsageError:
        return
    head, segment, tail = path[:8], path[8:-6], path[-6:]
    assert (head, tail) == ("/portal/", "/bugs/")
    assert unquote(segment) == text
    assert not set(segment) & set("/?#\\ \r\n&")
    assert text not in {".", ".."}


@pytest.mark.parametrize("value", ["..", ".", "", None, float("nan"), [1], {"a": 1}, object(), 1e18, "\ud800"])
def test_a_value_that_names_nothing_is_refused_in_a_path(value: object) -> None:
    """Empty, dotted, many, or with digits lost: such a value is an error, not another path."""
    refused(lambda: in_path("/bugs/{x}/", names(x=value)))


def test_two_values_cannot_make_a_dotted_segment_together() -> None:
    """The segment counts as it will be sent."""
    refused(lambda: in_path("/bugs/{x}{x}/", names(x=".")))


def test_the_host_is_not_filled_in() -> None:
    """A value never says to whom the token goes."""
    refused(lambda: in_path("https://{x}/restapi/portals/", names(x="evil.example")))
    refused(lambda: in_path("https://bugtracker.zoho.com{x}", names(x=".evil.example")))
    assert in_path("https://h/portal/{x}/", names(x=1)) == "https://h/portal/1/"


def test_an_unknown_name_is_an_error_with_the_nearest() -> None:
    """A typo does not pass as a literal text."""
    refusal = refused(lambda: in_text("{sevrity}", names({"portal": "1"}, severity=1)))
    assert "'sevrity'" in refusal.message
    assert "severity" in refusal.hint
    assert "%zbt use portal=" in refused(lambda: in_text("{portal}", names())).hint
    assert "'sevrity' in 'sevrity + 1'" in refused(lambda: in_text("{sevrity + 1}", names(severity=1))).message


@pytest.mark.parametrize("template", ["{", "}", "{}", "{a b}", "{x", "x}", "{1/0}", "{x!r:>3", "{{}", "{[)}"])
def test_broken_braces_are_explained(template: str) -> None:
    """Unbalanced, empty or wrong: what is inside is never sent as it stands."""
    refused(lambda: in_text(template, names(x=1)))


@pytest.mark.parametrize(
    "value",
    [Masked(), TOKEN, f"x {TOKEN}", Response(200), "my hunter2hunter2!"],
    ids=["marked", "token", "inside", "ours", "known"],
)
def test_secrets_refuse_to_be_filled_in(value: object) -> None:
    """Neither marked objects, nor ours, nor what has the shape of a token, nor this connection's own secrets."""
    for act in (in_path, in_text, in_json):
        refusal = refused(partial(act, "/{x}" if act is in_path else "{x}", names(x=value)))
        assert not any(word in str(refusal) for word in ("canary", TOKEN, "hunter2"))


def test_the_secrets_of_the_environment_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ZBT_CLIENT_SECRET holds does not go into a call."""
    monkeypatch.setenv("ZBT_CLIENT_SECRET", "abcdefgh12345678")
    refused(lambda: in_text("{x}", names(x="abcdefgh12345678")))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (12, "12"),
        (12.0, "12"),
        (1.5, "1.5"),
        (Decimal("1E+3"), "1000"),
        (np.int64(10**18), "1000000000000000000"),
        (np.bool_(1), "true"),
        (np.float64(3), "3"),
        (date(2023, 8, 7), "08-07-2023"),
        (datetime(2023, 8, 7, 12, tzinfo=UTC), "08-07-2023"),
        (pd.Timestamp("2023-08-07"), "08-07-2023"),
        (pd.Series([1, 2]), "1,2"),
        (["a", 2], "a,2"),
        (Path("a") / "b", "a/b"),
        ("ä &=", "ä &="),
    ],
)
def test_values_as_text(value: object, text: str) -> None:
    """Numbers keep their digits, dates are Zoho's, lists are comma lists."""
    assert in_text("{x}", names(x=value)) == text


def test_dates_are_iso_in_v3() -> None:
    """V3 reads ISO 8601."""
    assert in_text("{x}", names(x=date(2023, 8, 7)), Dates.ISO) == "2023-08-07"


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
).filter(lambda value: not holds_token(str(value)))


@given(json_values)
def test_json_keeps_the_value_and_its_type(value: object) -> None:
    """In ``:=`` and in JSON bodies a value arrives as it is, whatever it holds."""
    assert in_json("{x}", names(x=value)) == value
    assert in_json('{{"a": [{x}, 1]}}', names(x=value)) == {"a": [value, 1]}
    assert in_json_body('{"a": {"b": {{x}}}}', names(x=value)) == {"a": {"b": value}}


@given(st.text().filter(lambda text: not holds_token(text)))
def test_a_text_inside_a_json_string_cannot_end_it(text: str) -> None:
    """Quotes and backslashes of a value are escaped."""
    assert in_json_body('{"a": "\\\\<{{x}}>", "b": 1}', names(x=text)) == {"a": f"\\<{text}>", "b": 1}


def test_json_on_the_line_may_stand_as_it_is() -> None:
    """JSON that is JSON needs no doubled braces."""
    assert in_json('{"id": 5}', names()) == {"id": 5}
    assert in_json("[1, 2]", names()) == [1, 2]
    assert in_json("{}", names()) == {}
    assert in_json('"{x}"', names(x=1)) == "1"


@pytest.mark.parametrize("text", ["{'a': 1", "nope", "", "NaN", "[1,]", "1e999999 x", "[" * 100_000])
def test_what_is_not_json_is_refused(text: str) -> None:
    """Strict JSON, with the place of the mistake."""
    refused(lambda: in_json(text, names()))


def test_json_types_of_pandas_and_numpy() -> None:
    """Missing values are null, wrapped numbers are numbers."""
    values = names(a=np.int64(3), b=pd.NA, c=float("nan"), d=pd.NaT, e=pd.Timestamp("2023-01-02"), f=np.array([1, 2]))
    assert in_json("[{a}, {b}, {c}, {d}, {e}, {f}]", values) == [3, None, None, None, "2023-01-02T00:00:00", [1, 2]]
    for value in (object(), float("inf"), {1.5: 2}, {(1,): 2}, b"x"):
        refused(partial(in_json, "{x}", names(x=value)))


def test_a_body_of_lines() -> None:
    """A field a line; indented lines go on; comments are not sent; a classic body is text."""
    body = read_body(
        "title: Save {{n}}: it's broken\n# no\n\n"
        "description:\n  one\n  two {not ours}\nflag : Internal\nn:= [{{n}}]\nempty:\n",
        names(n=3),
        classic=True,
    )
    assert body == Body(
        (
            ("title", "Save 3: it's broken"),
            ("description", "one\ntwo {not ours}"),
            ("flag", "Internal"),
            ("n", [3]),
            ("empty", ""),
        )
    )


def test_a_lone_value_in_a_v3_line_keeps_its_type() -> None:
    """V3 bodies are JSON: a number stays one; classic ones are forms: it becomes text."""
    assert read_body("n: {{n}}", names(n=3), classic=False).fields == (("n", 3),)
    assert read_body("n: {{n}}", names(n=3), classic=True).fields == (("n", "3"),)


def test_a_body_of_json() -> None:
    """An object is fields; an array is a document, for V3 alone."""
    assert read_body(' {"a": {{n}}}', names(n=3), classic=True) == Body((("a", 3),))
    assert read_body("{{n}}", names(n={"a": 1}), classic=True) == Body((("a", 1),))
    assert read_body('[{"name": "x"}]', names(), classic=False) == Body((), [{"name": "x"}])
    assert "made of fields" in refused(lambda: read_body("[1]", names(), classic=True)).message
    assert read_body("  \n", names(), classic=True) == Body()


TRACEBACK = """Traceback (most recent call last):
  File "x.py", line 1, in f
    raise ValueError("x")

ValueError: x"""
VALUES = [
    TRACEBACK,
    "one\n\n\ntwo",
    "- a\n  - b\n\n    - c\n- d",
    "def f():\n\tif x:\n\t\treturn 1",
    "first  \nsecond\\\nthird # no comment",
    "a\x0bb\u2028c\x85d\nlast",
    "title: no field\nflag: neither",
    "'quoted' \"twice\"",
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("margin", ["  ", "\t", "      "])
def test_a_block_is_the_text_that_was_typed(value: str, margin: str) -> None:
    """Every line break, blank line and indentation of it; what its lines share marks them as its own."""
    block = "\n".join(margin + line if line else "" for line in value.split("\n"))
    body = read_body(f"flag: Internal\ndescription:\n{block}\n\n\ntitle: x\n", names(), classic=True)
    assert body.fields == (("flag", "Internal"), ("description", value), ("title", "x"))


def test_a_value_that_begins_behind_its_colon_goes_on_as_typed() -> None:
    """Its further lines keep their indentation: whether that is meant nobody can tell, and it is what stands there."""
    body = read_body("description: for x in y:\n    print(x)\n\n    z()\r\ntitle: x", names(), classic=True)
    assert body.fields == (("description", "for x in y:\n    print(x)\n\n    z()"), ("title", "x"))


def test_a_cell_that_is_indented_as_a_whole_means_the_same() -> None:
    """As within a function."""
    body = read_body("    a: 1\n    b:\n      c\n        d\n", names(), classic=True)
    assert body.fields == (("a", "1"), ("b", "c\n  d"))


@pytest.mark.parametrize(
    "text",
    [
        "description: Traceback\n  File x\nValueError: x",
        "description:\n  one\n# two\n  three",
        "  a: 1\nb: 2",
        "a: 1\nhttps://example.com",
        "a: 1\n- first: open",
        "a: 1\n* first: open",
        "a: 1\nSteps to reproduce: none",
        "a: 1\n> quoted: text",
    ],
)
def test_a_line_that_may_be_a_field_or_not_is_refused(text: str) -> None:
    """What cannot be told apart is not rewritten."""
    refused(lambda: read_body(text, names(), classic=True, known={"a", "b", "description"}))


def test_fields_behind_a_long_value_are_known_or_custom() -> None:
    """They are told from one more line of it by the catalogue."""
    text = "description:\n  one\ntitle: x\nUDF_CHAR1: y\n"
    assert len(read_body(text, names(), classic=True, known={"title", "description"}).fields) == 3


@pytest.mark.parametrize(
    "text", ["just words", "a: 1\na: 2", "{", "title: {{x", "n:= {", "a: {{}}", "client_secret: x"]
)
def test_a_wrong_body_is_explained(text: str) -> None:
    """The line is named; nothing is sent."""
    refused(lambda: read_body(text, names(), classic=True))


@given(st.text())
def test_any_body_is_read_or_refused(text: str) -> None:
    """No cell raises anything but UsageError."""
    try:
        body = read_body(text, names(x=1), classic=False)
    except UsageError:
        return
    assert isinstance(json.dumps(body.document), str)


@given(st.text())
def test_any_template_is_filled_or_refused(text: str) -> None:
    """No item raises anything but UsageError, as long as the user's expressions do nothing else."""
    harmless = Names({}, lambda expression: expression)
    for fill in (in_path, in_text, in_json):
        try:
            fill(text, harmless)
        except UsageError:
            continue
