"""Every option and subcommand of ``%zbt``, declared once: parser, help and completion are read from here."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from types import MappingProxyType
from typing import Literal
from unicodedata import normalize

from zbt_notebook.client.errors import UsageError

CALL = "call"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WRITES = frozenset(METHODS) - {"GET"}
SAVE_SUFFIXES = (".csv", ".json", ".jsonl", ".parquet", ".xlsx")
LISTS = ("bugs", "projects", "milestones", "users", "portals", "tags", "timelogs")
PARTS = ("comments", "history", "attachments")  # what hangs on a bug
WORDS = (*LISTS, "bug", *PARTS)

Kind = Literal["flag", "text", "number", "seconds", "duration", "variable", "file"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its words, what it takes, and the subcommands (or CALL) it belongs to.

    ``group`` names what only one option of a line may decide. ``default`` is the value of an option whose value may be
    left out.
    """

    name: str
    help: str
    on: tuple[str, ...]
    short: str = ""
    metavar: str = ""
    kind: Kind = "flag"
    choices: tuple[str, ...] = ()
    group: str = ""
    default: str = ""

    @property
    def flag(self) -> str:
        """The long spelling, ``--name``."""
        return f"--{self.name}"

    @property
    def takes_value(self) -> bool:
        """Whether a value belongs to it."""
        return self.kind != "flag"

    @property
    def usage(self) -> str:
        """How it is written: ``-q, --jmespath EXPR``."""
        spelling = ", ".join(part for part in (self.short, self.flag) if part)
        value = f"[{self.metavar}]" if self.default else self.metavar
        return f"{spelling} {value}".strip()

    def check(self, value: str) -> str:
        """Give the value back if it fits; raise UsageError that names the option and what it takes."""
        if self.choices and value not in self.choices:
            raise UsageError(
                f"{self.flag} takes {_listed(self.choices)}, not {value!r}",
                hint=f"Write {self.flag} {self.choices[0]}.",
            )
        problem = _PROBLEMS[self.kind](value)
        if problem:
            raise UsageError(f"{self.flag} {problem}, not {value!r}", hint=f"As in: {_EXAMPLES[self.kind]}")
        return value


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One subcommand: how its arguments are written, and how many it takes."""

    name: str
    help: str
    arguments: str = ""
    at_least: int = 0
    at_most: int = 0
    examples: tuple[str, ...] = ()


_MANY = 100  # filters, or fields, of one line
_ALL_BUT_CALL = ("login", "status", "logout", "refresh", "use", "doctor")

OPTIONS: tuple[Option, ...] = (
    Option(
        "all",
        "fetch every page; without it one page comes, and a note says when there is more; a word's list is whole",
        (CALL, *LISTS),
    ),
    Option("v3", "look at what is ready for V3: scopes, host, the portal's number, cells", ("doctor",)),
    Option("limit", "at most N rows, from as many pages as they need", (CALL, *LISTS), metavar="N", kind="number"),
    Option(
        "jmespath",
        "choose from the answer, after all pages are merged: from the records of a list, from the body of one thing",
        (CALL, *WORDS),
        short="-q",
        metavar="EXPR",
        kind="text",
    ),
    Option("out", "put the result into this variable", (CALL, *WORDS), short="-o", metavar="NAME", kind="variable"),
    Option("df", "give a DataFrame (what a list is anyway)", (CALL, *WORDS), group="result"),
    Option("json", "give lists and dicts (what one thing is anyway)", (CALL, *WORDS), group="result"),
    Option("response", "give the requests.Response", (CALL,), group="result"),
    Option(
        "save",
        "write the result to a file: " + ", ".join(suffix[1:] for suffix in SAVE_SUFFIXES) + ", by its suffix",
        (CALL, *WORDS),
        metavar="FILE",
        kind="file",
    ),
    Option("append", "with --save: add the rows to what the csv or jsonl file, or the workbook, has", (CALL, *WORDS)),
    Option("columns", "only these columns, separated by commas", (CALL, *LISTS, *PARTS), metavar="NAMES", kind="text"),
    Option("all-columns", "show every column of the table, not only the first ones", (CALL, *LISTS, *PARTS)),
    Option(
        "projects",
        "which projects, by name or id, separated by commas, or all; without it the one in use, else all",
        (*LISTS, *PARTS, "bug"),
        metavar="NAMES",
        kind="text",
    ),
    Option("explain", "say what Zoho filters, what is filtered here, and what it costs; fetch nothing of it", LISTS),
    Option("dry-run", "show the request and send nothing", (CALL, *WORDS), group="show"),
    Option(
        "curl", "show the call as a curl command, with $ZBT_TOKEN for the token; send nothing", (CALL,), group="show"
    ),
    Option(
        "python",
        "show the call as Python, with ZBT_TOKEN read from the environment; send nothing",
        (CALL,),
        group="show",
    ),
    Option("include", "print status and headers, without secrets", (CALL,), short="-i"),
    Option("yes", "let a write go without asking", (CALL, "bug")),
    Option("again", "send a write again that this cell has sent before", (CALL, "bug")),
    Option(
        "cache",
        "answer a GET from memory if it came at most this long ago: 30s, 10m, 2h",
        (CALL,),
        metavar="TIME",
        kind="duration",
    ),
    Option("trace", "after an error, print where it came from", (CALL, *_ALL_BUT_CALL, *WORDS)),
    Option("as", "the connection to use", (CALL, *_ALL_BUT_CALL, *WORDS), metavar="NAME", kind="text"),
    Option("all", "every connection", ("logout",)),
    Option(
        "mode",
        "how to sign in: auto takes env where its variables are set, else card, else prompt",
        ("login",),
        metavar="MODE",
        kind="text",
        choices=("auto", "card", "prompt", "device", "loopback", "env"),
    ),
    Option("dc", "data centre", ("login",), metavar="NAME", kind="text"),
    Option(
        "scopes",
        "what the token may do, separated by commas, or a preset: 'read only', triage",
        ("login",),
        metavar="SCOPES",
        kind="text",
        group="scopes",
    ),
    Option(
        "add-scope",
        "ask for these scopes beside those of the connection; the client is known, so that only the consent is left",
        ("login",),
        metavar="SCOPES",
        kind="text",
        group="scopes",
    ),
    Option("client-id", "fill in the client ID; the secret is asked for", ("login",), metavar="ID", kind="text"),
    Option("redirect-uri", "fill in the redirect URI", ("login",), metavar="URI", kind="text"),
    Option("wait", "end the cell when the sign-in ends", ("login",), metavar="SECONDS", kind="seconds", default="300"),
    Option("sandbox", "sign in to the embedded sandbox", ("login",)),
    Option("auto", "with --sandbox: give the consent too, so that a notebook runs unattended", ("login",)),
    Option("self-client", "a Self Client: its code is made in Zoho's API console, without a link", ("login",)),
    Option("remember", "keep the sign-in in this machine's keyring: the next one needs no form", ("login",)),
    Option("keep-old", "do not revoke the sign-in that this one replaces", ("login",)),
    Option("shared-budget", "count requests together with your other kernels on this machine", ("login",)),
    Option("read-only", "refuse every write on this connection", ("login",)),
)

SUBCOMMANDS: Mapping[str, Subcommand] = MappingProxyType(
    {
        command.name: command
        for command in (
            Subcommand(
                "login",
                "sign in: shows the card, or asks in another way",
                examples=(
                    "%zbt login",
                    "%zbt login --wait 120",
                    "%zbt login --dc eu --as work",
                    "%zbt login --sandbox --auto",
                    "%zbt login --add-scope ZohoBugTracker.bugs.CREATE",
                ),
            ),
            Subcommand(
                "status",
                "the connection: data centre, scopes, time left, context; no secret",
                examples=("%zbt status",),
            ),
            Subcommand(
                "logout",
                "revoke at Zoho, forget here, and say which of these succeeded",
                examples=("%zbt logout", "%zbt logout --all"),
            ),
            Subcommand("accounts", "the connections of this kernel", examples=("%zbt accounts",)),
            Subcommand("switch", "make another connection the current one", "NAME", 1, 1, ("%zbt switch work",)),
            Subcommand("refresh", "fetch a fresh access token now", examples=("%zbt refresh",)),
            Subcommand(
                "use",
                "set what {portal} and {project} stand for, by name or by id; alone, choose from what there is",
                "[portal=NAME-OR-ID] [project=NAME-OR-ID]",
                0,
                2,
                (
                    "%zbt use",
                    "%zbt use portal=zillum",
                    "%zbt use project='Apollo 11'",
                    "%zbt use project={name}",
                    "%zbt use project=",
                ),
            ),
            Subcommand(
                "endpoints",
                "the endpoints of the API, with scopes and parameters",
                "[WORD]",
                0,
                1,
                ("%zbt endpoints bugs",),
            ),
            Subcommand(
                "help",
                "help: on the grammar, a subcommand, an option, a module or a path",
                "[TOPIC]",
                0,
                1,
                ("%zbt help login", "%zbt help bugs"),
            ),
            *(
                Subcommand(name, about, "[FILTER …]", 0, _MANY, examples)
                for name, about, examples in (
                    (
                        "bugs",
                        "the bugs that fulfil every filter, by the names of their fields",
                        (
                            "%zbt bugs status==Open severity==Critical,Major assignee==me",
                            '%zbt bugs "title~=time zone" --projects all --limit 50',
                            "%zbt bugs created>=2026-09-01 milestone==none --explain",
                            "%zbt bugs due<today closed==false --save late.xlsx",
                        ),
                    ),
                    ("projects", "the active projects", ("%zbt projects",)),
                    ("milestones", "the milestones", ("%zbt milestones status==notcompleted",)),
                    ("users", "the people of the portal", ("%zbt users role==manager",)),
                    ("portals", "your portals", ("%zbt portals",)),
                    ("tags", "the tags of the portal", ("%zbt tags",)),
                    (
                        "timelogs",
                        "what was logged, of the last 90 days unless a date is said",
                        ("%zbt timelogs date>=2026-10-01 date<2026-11-01 owner==me",),
                    ),
                )
            ),
            Subcommand(
                "bug",
                "one bug, by key, number, id or address: shown, changed, closed, reopened; or a new one",
                "KEY [field=value … | close | reopen] or new title=…",
                1,
                _MANY,
                (
                    "%zbt bug HW1-I600",
                    '%zbt bug HW1-I600 status=Closed comment="Fixed in 4.2"',
                    "%zbt bug HW1-I600 close",
                    '%zbt bug new title="Login fails on Firefox" severity=Major due=2026-12-01',
                ),
            ),
            Subcommand("comments", "what was said about a bug", "KEY", 1, 1, ("%zbt comments HW1-I600",)),
            Subcommand("history", "what happened to a bug", "KEY", 1, 1, ("%zbt history HW1-I600",)),
            Subcommand("attachments", "the files of a bug", "KEY", 1, 1, ("%zbt attachments HW1-I600",)),
            Subcommand(
                "doctor", "check the set-up and explain the last error", examples=("%zbt doctor", "%zbt doctor --v3")
            ),
            Subcommand("last", "the last call: what went, how long it took, what came", examples=("%zbt last",)),
        )
    }
)


@cache
def options_of(subcommand: str) -> tuple[Option, ...]:
    """Give the options that a subcommand, or CALL, takes."""
    return tuple(option for option in OPTIONS if subcommand in option.on)


def seconds(text: str) -> float:
    """Read a duration such as ``90``, ``30s``, ``10m``, ``2h`` or ``1d`` as seconds."""
    match = _DURATION.fullmatch(text)
    if not match:
        raise UsageError(f"{text!r} is not a length of time", hint="Write 30s, 10m, 2h or 1d.")
    return float(match[1]) * _UNITS[match[2] or "s"]


_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smhd]?)", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _number_problem(value: str) -> str:
    return "" if re.fullmatch(r"0{0,99}[1-9][0-9]{0,99}", value, re.ASCII) else "takes a whole number from 1 up"


def _duration_problem(value: str) -> str:
    return "" if _DURATION.fullmatch(value) else "takes a length of time"


def variable(written: str) -> str:
    """The name by which Python knows a variable: ``ﬁ`` is ``fi`` to it (PEP 3131)."""
    return normalize("NFKC", written)


def _variable_problem(value: str) -> str:
    value = variable(value)
    if not value.isidentifier() or keyword.iskeyword(value):
        return "takes the name of a variable"
    return "takes a name of your own, and this one is Python's or IPython's" if _TAKEN.fullmatch(value) else ""


# What the interpreter and IPython keep under names in the user's namespace: a result in their place breaks the kernel
_TAKEN = re.compile(r"__\w*__|_{1,3}|_i{1,3}|_i?[0-9]+|_[iods]h|In|Out|get_ipython|exit|quit|open", re.ASCII)


def file_problem(value: str) -> str:
    """Say what is wrong with the name of a file to save in, as the end of a sentence."""
    known = PurePath(value).suffix.lower() in SAVE_SUFFIXES
    return "" if known else f"takes a file that ends in {_listed(SAVE_SUFFIXES)}"


def _unfilled_file_problem(value: str) -> str:
    return "" if "{" in value else file_problem(value)


def _text_problem(value: str) -> str:
    return "" if value.strip() else "takes a value"


def _listed(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


_PROBLEMS = {
    "flag": lambda _: "",
    "text": _text_problem,
    "number": _number_problem,
    "seconds": _duration_problem,
    "duration": _duration_problem,
    "variable": _variable_problem,
    "file": _unfilled_file_problem,
}
_EXAMPLES = {
    "flag": "--all",
    "text": "--as work",
    "number": "--limit 500",
    "seconds": "--wait 120",
    "duration": "--cache 10m",
    "variable": "--out bugs",
    "file": "--save bugs.csv",
}
