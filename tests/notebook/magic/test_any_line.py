"""Whatever is typed, up to the request that would go: a result, or a UsageError of two lines."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tiers import examples
from zbt_notebook.client.errors import NotSignedIn, UsageError
from zbt_notebook.client.redactor import holds_token

LOOP: list = []
LOOP.append(LOOP)
VALUES = {
    "text": "a b/c?d=e&f#g%h\n\x00\u202e'\"{}",
    "half": "\ud800",
    "huge": 10**5000,
    "nan": float("nan"),
    "inf": float("-inf"),
    "nothing": None,
    "raw": b"\xff",
    "frame": pd.DataFrame({"id": [1, 2]}),
    "series": pd.Series(["x"]),
    "array": np.array([[1, 2], [3, 4]]),
    "day": date(2026, 1, 2),
    "nested": {"a": [1, {"b": None}], 2: float("nan")},
    "loop": LOOP,
}
WORDS = (
    *("GET", "post", "DELETE", "/", "/portals/", "/restapi/portals/", "/api/v3/portals", "https://", "/../", "/%2e"),
    *("==", ":=", "=", "@", ":", "\\", "'", '"', "{", "}", "{{", "}}", " ", "\t", "\u3000", "?", "#", "&", ";", "--"),
    *("-q", "--jmespath=", "--save", "--out", "--limit", "--cache", "--as", "--all", "--json", "x", "title", "[", "]"),
    *("\x00", "\x7f", "\u202e", "\ud800", "9" * 5000, "null", "1e999", "NaN", "(" * 300, "[" * 5000, '"\\ud800"'),
    *(f"{{{name}}}" for name in VALUES),
    *("{df.loc[0, 'id']}", "{1/0}", "{x:=1}", "{lambda: 0}", "{frame.id}", "{frame.loc[0, 'id']}", "{f'{day}'}"),
)
bits = st.sampled_from(WORDS) | st.text(max_size=4) | st.binary(max_size=6).map(lambda raw: raw.decode("latin-1"))
calls = st.tuples(
    st.sampled_from(["GET", "POST", "PATCH"]),
    st.sampled_from(["/portals/", "/portal/1/projects/2/bugs/", "/api/v3/portal/1/projects/2/issues"]),
    st.lists(bits, max_size=8).map("".join),
).map(" ".join)
lines = st.lists(bits, max_size=12).map("".join) | calls
in_bodies = st.sampled_from(["title: ", "\n", "{{huge}}", "{{half}}", "{{loop}}"])
bodies = st.none() | st.lists(bits | in_bodies).map("".join)


@pytest.mark.usefixtures("connection")
def test_any_line_and_body_is_shown_or_refused(shell):
    """No bytes on the line or in the cell, and no value behind a name, raise anything but UsageError."""
    shell.user_ns |= VALUES
    magic = shell.magics_manager.magics["cell"]["zbt"]

    @settings(max_examples=examples(400))
    @given(lines.filter(lambda line: not holds_token(line)), bodies)
    @example("POST /portals/ title={huge}", None)
    @example("POST /api/v3/portals n:={huge}", None)
    @example("POST /api/v3/portals n:={loop}", None)
    @example("POST /api/v3/portals n={half}", None)
    @example("GET /portals/ a=={loop}", None)
    @example("GET /portals/ 'a:{half}'", None)
    @example("GET /portals/ {half}=={half}", None)
    @example("POST /portals/ x@{text}", None)
    @example("POST /portals/ x@~no-such-user/at/all", None)
    @example("GET /portals/ --save 'a\x00.csv'", None)
    @example("GET /portals/ --save a\x00/b.csv", None)
    @example("GET /portals/ --save \ud800.csv", None)
    @example("GET /portals/ --save \ud800/b.csv", None)
    @example("GET /portals/ --save ~no-such-user/at/all.csv", None)
    @example("POST /portals/ x@\ud800", None)
    @example("GET /portals/ -q '[].{a: \ud800}'", None)
    def check(line, body):
        words = line.split()[:1]
        if not words or not (words[0].upper() in {"GET", "POST", "PATCH", "DELETE"} or words[0].startswith("/")):
            line = f"GET {line}"
        try:
            shown = magic(f"--dry-run {line}", body)
        except (UsageError, NotSignedIn) as refusal:  # the latter where --as names nobody
            lines = refusal._render_traceback_()
            assert len(lines) == 2
            assert not any("\n" in part for part in lines)
        else:
            assert isinstance(shown, str)

    check()
