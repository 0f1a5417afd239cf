"""G7: 100,000 bugs become a DataFrame page by page, against `json.loads` and `pd.json_normalize`, the usual way.

Each way runs in a fresh process of its own. In every round all of them run, in changing order; a figure is the median
of the rounds, a ratio that of the rounds' ratios. The pages are made once, into a file, and read from there by all.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = "frames"
GOAL = (
    "100,000 bugs to a DataFrame, against json.loads + json_normalize: 5 times less CPU (3 with the standard "
    "library's json), at most 0.25 of the peak memory and 0.06 of the time after the last byte, no wrong id"
)

PAGE = 200
CHECKED = ("id", "project_id", "severity.id", "milestone.id")
_ROOT = Path(__file__).parents[2]

_PROJECT = 170_876_000_000_050_000
_WORDS = "the user saves a page with an empty field and the session expires since the cache was full".split()  # noqa: SIM905 - reads better than a list
_PEOPLE = ["Priya Raman", "Jonas Weber", "Łukasz Nowak", "María García", "Chen Wei", "Aïcha Diallo", "Unassigned"]
_STATUSES = ["Open", "In progress", "To be tested", "Closed", "Reopen"]
_KINDS = ["None", "Critical", "Major", "Minor", "Security", "Performance"]


def measure(bugs: int = 100_000, rounds: int = 5, seed: int = 7) -> dict[str, Any]:
    """Give the medians, and `met`: whether each part of the goal is."""
    ways = [way for way in _WAYS if way != "orjson" or importlib.util.find_spec("orjson")]
    order = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder, "pages.jsonl")
        write_pages(pages, bugs, seed)
        shuffled = [order.sample(ways, len(ways)) for _ in range(rounds)]
        results = [{way: _in_a_fresh_process(way, pages) for way in turn} for turn in shuffled]
    measured: dict[str, Any] = {"bugs": bugs, "rounds": rounds, "normalize": _medians(results, "normalize")}
    for way in ways[1:]:
        measured[way] = _medians(results, way) | {
            "times_less_cpu": _ratio(results, "cpu", "normalize", way),
            "in each round": sorted(round(one["normalize"]["cpu"] / one[way]["cpu"], 2) for one in results),
            "peak_ratio": _ratio(results, "peak", way, "normalize"),
            "tail_ratio": _ratio(results, "tail", way, "normalize"),
        }
        measured[way]["met"] = {
            "cpu": measured[way]["times_less_cpu"] >= _LESS_CPU[way],
            "peak": measured[way]["peak_ratio"] <= 0.25,
            "tail": measured[way]["tail_ratio"] <= 0.06,
            "ids": measured[way]["wrong_ids"] == 0,
        }
    return measured


def write_pages(path: Path, bugs: int, seed: int = 7) -> None:
    """Write that many bugs as the classic API answers them, a page a line, some 2.4 kB a bug."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, bugs, PAGE):
            page = [_bug(number, chance) for number in range(start, min(start + PAGE, bugs))]
            file.write(json.dumps({"bugs": page}, ensure_ascii=False) + "\n")


def _bug(number: int, chance: random.Random) -> dict[str, Any]:
    identity = 170_876_000_000_100_000 + number * 7
    created = 1_600_000_000_000 + chance.randrange(10**11)
    updated = created + chance.randrange(10**10)
    link = f"https://bugtracker.zoho.com/restapi/portal/2063927/projects/{_PROJECT}/bugs/{identity}/"
    status = chance.randrange(5)
    bug: dict[str, Any] = {
        "id": identity,
        "id_string": str(identity),
        "key": f"ZBT-I{number}",
        "bug_prefix": "ZBT",
        "bug_number": str(number),
        "project_id": _PROJECT,
        "title": _text(chance, 9),
        "description": f"<div>{_text(chance, 85)}</div>",
        "flag": chance.choice(["Internal", "External"]),
        "closed": status == 3,
        "status": {"id": str(_PROJECT + status), "type": _STATUSES[status], "colorcode": f"#08ae{status:02}"},
        "reporter_id": str(2_060_000 + chance.randrange(900)),
        "reported_person": chance.choice(_PEOPLE),
        "reporter_email": f"user{chance.randrange(900)}@example.com",
        "reporter_non_zuser": "false",
        "assignee_name": chance.choice(_PEOPLE),
        "assignee_zpuid": str(_PROJECT + chance.randrange(900)),
        "escalation_level": "0",
        "has_log_hours": chance.choice(["true", "false"]),
        "comment_count": str(chance.randrange(9)),
        "attachment_count": str(chance.randrange(3)),
        "GROUP_NAME": {
            "ASSOCIATED_TEAMS": {"AnyTeam": "Not Associated"},
            "ASSOCIATED_TEAMS_COUNT": 0,
            "IS_TEAM_UNASSIGNED": True,
        },
        "customfields": _custom_fields(chance),
        "link": {
            "self": {"url": link},
            "timesheet": {"url": f"{link}logs/"},
            "web": {"url": f"https://bugtracker.zoho.com/portal/acme/#buginfo/{_PROJECT}/{identity}"},
        },
    }
    for name in ("severity", "classification", "reproducible"):
        kind = chance.randrange(len(_KINDS))
        bug[name] = {"id": _PROJECT + kind, "type": _KINDS[kind]}
    bug["module"] = {"id": _PROJECT + chance.randrange(8), "name": chance.choice(_KINDS)}
    times = {"created_time": created, "updated_time": updated}
    if chance.random() < 0.5:
        times["due_date"] = updated + 864_000_000
    if chance.random() < 0.4:
        bug["milestone"] = {"id": _PROJECT + 1 + chance.randrange(20), "name": f"Release {chance.randrange(20)}"}
    for name, moment in times.items():
        bug |= {name: "07-10-2024", f"{name}_format": "07-10-2024 01:48:05 PM", f"{name}_long": moment}
    return bug


def _custom_fields(chance: random.Random) -> list[dict[str, str]]:
    values = {
        "Customer": _text(chance, 2),
        "Environment": chance.choice(["production", "staging"]),
        "Ticket": str(chance.randrange(10**6)),
        "Found on": "07-09-2024",
    }
    return [
        {"column_name": f"UDF_CHAR{place}", "label_name": label, "value": value}
        for place, (label, value) in enumerate(values.items())
    ]


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words))


def _normalize(pages: Iterator[bytes]) -> tuple[Any, float]:
    import pandas as pd

    records: list[Any] = []
    last = 0.0
    for page in pages:
        last = time.process_time()
        records += json.loads(page)["bugs"]
    return pd.json_normalize(records), last


def _build(loads: Callable[[bytes], Any], pages: Iterator[bytes]) -> tuple[Any, float]:
    from zbt_notebook.client.frames import FrameBuilder
    from zbt_notebook.client.rare_gc import gc_rarely

    builder = FrameBuilder()
    last = 0.0
    with gc_rarely():  # as a pull does
        for page in pages:
            last = time.process_time()
            records = loads(page)["bugs"]
            builder.add(records)
            del records  # a pull lets go of a page, too, before the next
    return builder.frame(), last


def _with_json(pages: Iterator[bytes]) -> tuple[Any, float]:
    return _build(json.loads, pages)


def _with_orjson(pages: Iterator[bytes]) -> tuple[Any, float]:
    return _build(importlib.import_module("orjson").loads, pages)


_WAYS = {"normalize": _normalize, "orjson": _with_orjson, "json": _with_json}
_LESS_CPU = {"orjson": 5.0, "json": 3.0}


def _run(way: str, path: Path) -> dict[str, Any]:
    """Measure one way in this process: CPU seconds, bytes at the peak, CPU seconds after the last byte, wrong ids."""
    pages = path.read_bytes().splitlines()  # before anything is measured: a server would have sent them
    _WAYS[way](iter(pages[:1]))  # imports are paid once a kernel, not once a pull
    resident = _memory("VmRSS")
    started = time.process_time()
    frame, last = _WAYS[way](iter(pages))
    finished = time.process_time()
    peak = _memory("VmHWM") - resident
    return {"cpu": finished - started, "peak": peak, "tail": finished - last, "wrong_ids": _wrong_ids(frame, path)}


def _memory(field: str) -> int:
    # Not getrusage: its maximum is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{field}:"))


def _wrong_ids(frame: Any, path: Path) -> int:
    """Count the cells that do not tell the id that was sent, exactly; a missing id may be missing in any way."""
    wrong = 0
    for name in CHECKED:
        top, _, below = name.partition(".")
        cells = iter(frame[name].isna().tolist()), iter(frame[name].tolist())
        with path.open("rb") as file:
            for bug in (bug for page in file for bug in json.loads(page)["bugs"]):
                sent = bug.get(top, {}).get(below) if below else bug[top]
                missing, cell = next(cells[0]), next(cells[1])
                wrong += (not missing) if sent is None else (missing or int(cell) != sent)
    return wrong


def _in_a_fresh_process(way: str, pages: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.frames", way, str(pages)]
    done = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _medians(results: list[dict[str, dict[str, Any]]], way: str) -> dict[str, Any]:
    return {figure: statistics.median(result[way][figure] for result in results) for figure in results[0][way]}


def _ratio(results: list[dict[str, dict[str, Any]]], figure: str, above: str, below: str) -> float:
    ratios: list[float] = [result[above][figure] / result[below][figure] for result in results]
    return statistics.median(ratios)


if __name__ == "__main__":
    answer = _run(sys.argv[1], Path(sys.argv[2])) if sys.argv[1:] else measure()
    print(json.dumps(answer, indent=None if sys.argv[1:] else 1))
