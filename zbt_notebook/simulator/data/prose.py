"""Titles, reports and remarks, each generated from one random number."""

from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any

from zbt_notebook.simulator.data import words
from zbt_notebook.simulator.data.portal import BUG_STRIDE, CUSTOM_FIELDS, MEMBERS
from zbt_notebook.simulator.data.rows import Attachment, Bug, Comment, Forum

_DAY_MS = 86_400_000
_CORRECTED = 9  # every so many remarks were changed once: 11 %
_WISHES = ("Feature(New)", "Enhancement")


def title(grain: int, module: str, classification: str) -> str:
    """Say in a line what a bug of this module is about."""
    if classification in _WISHES:
        grain, pattern = divmod(grain, len(words.WISHES))
        grain, who = divmod(grain, len(words.WISH_WHO))
        deeds = words.WISH_DO[module]
        return words.WISHES[pattern].format(
            who=words.WISH_WHO[who], who_title=words.WISH_WHO[who].capitalize(), do=deeds[grain % len(deeds)]
        )
    subjects, symptoms = words.TROUBLES[module]
    grain, subject = divmod(grain, len(subjects))
    grain, symptom = divmod(grain, len(symptoms))
    return f"{subjects[subject]} {symptoms[symptom]}{words.CONDITIONS[grain % len(words.CONDITIONS)]}"


def description(bug: Bug) -> str:
    """The report in Zoho's HTML: steps, what was expected, what happened."""
    return _report(bug.grain) if bug.description is None else bug.description


@lru_cache(maxsize=8192)
def _report(grain: int) -> str:
    rng = Random(grain)
    steps = "".join(f"<li>{step}</li>" for step in rng.sample(words.STEPS, rng.randint(2, 5)))
    return (
        f"<div><p>Seen in build {rng.randint(1200, 4800)}.</p><ol>{steps}</ol>"
        f"<p><b>Expected:</b> {rng.choice(words.EXPECTED)}</p><p><b>Actual:</b> {rng.choice(words.ACTUAL)}</p></div>"
    )


def comments(bug: Bug, team: tuple[int, ...]) -> list[Comment]:
    """The remarks a bug was generated with, oldest first."""
    rng = Random(bug.grain + 1)
    span = max(bug.updated_ms - bug.created_ms, 1)
    times = sorted(bug.created_ms + rng.randrange(span) for _ in range(bug.comment_count))
    made = []
    for index, at in enumerate(times):
        row = Comment(bug.id + 1 + index, bug.project_id, bug.id, *_remark(rng, team), at)
        corrected = (bug.grain + index) % _CORRECTED == 0
        made.append(replace(row, changed_ms=at + 300_000, changed_by=row.author) if corrected else row)
    return made


def _remark(rng: Random, team: tuple[int, ...]) -> tuple[int, str]:
    """Who says what."""
    return rng.choice(team), f"<div>{rng.choice(words.REMARKS)}</div>"


def answers(forum: Forum, team: tuple[int, ...]) -> list[Comment]:
    """What was answered in a discussion that was generated, oldest first."""
    rng = Random(forum.id)
    return [
        Comment(
            forum.id + 1 + index,
            forum.project_id,
            forum.id,
            *_remark(rng, team),
            forum.created_ms + (index + 1) * rng.randint(600_000, 3_600_000),
        )
        for index in range(rng.randint(1, 4))
    ]


def attachments(bug: Bug) -> list[Attachment]:
    """The files a bug was generated with."""
    rng = Random(bug.grain + 2)
    made = []
    for index in range(bug.attachment_count):
        name = rng.choice(("console", "server", "network", "steps"))
        lines = "".join(f"{rng.randrange(10**6):06d} {rng.choice(words.STEPS)}\n" for _ in range(rng.randint(3, 12)))
        made.append(
            Attachment(
                bug.id + BUG_STRIDE // 2 + index,
                bug.project_id,
                bug.id,
                f"{name}-{index + 1}.log",
                "text/plain",
                lines.encode(),
                bug.reporter,
                bug.created_ms,
            )
        )
    return made


def custom_values(bug: Bug) -> dict[str, Any]:
    """Values of the custom fields that hold something, by column.

    Days and moments are milliseconds of the epoch, people are their ids, money is in cents; several are a tuple.
    """
    grain = bug.grain
    values: dict[str, Any] = {}
    if grain % 16 < len(words.CUSTOMERS):
        values["UDF_CHAR1"] = words.CUSTOMERS[grain % 16]
    values["UDF_CHAR2"] = _ENVIRONMENTS[0 if grain % 5 else grain % 3]
    if grain % 3 == 0:
        values["UDF_LONG1"] = str(20_000 + grain % 70_001)
    values["UDF_DATE1"] = bug.created_ms - grain % 4 * _DAY_MS
    if grain % 7 < 2:  # noqa: PLR2004  the others leave the rarer fields alone
        values.update(_rarer_values(grain, bug.created_ms))
    if bug.custom is not None:
        values = {column: value for column, value in {**values, **bug.custom}.items() if value not in NOTHING}
    return values


NOTHING = ("", ())  # False is a value


@lru_cache(maxsize=8192)
def _rarer_values(grain: int, created_ms: int) -> dict[str, Any]:
    rng = Random(grain + 3)
    people, platforms = [member.id for member in MEMBERS], CUSTOM_FIELDS[6].options
    chosen = sorted(rng.sample(platforms, rng.randint(1, 3)), key=platforms.index)
    return {
        "UDF_USER1": rng.choice(people),
        "UDF_MULTIUSER1": tuple(rng.sample(people, rng.randint(1, 3))),
        "UDF_MULTI1": tuple(chosen),
        "UDF_BOOLEAN1": rng.random() < 0.5,  # noqa: PLR2004  as often as not
        "UDF_CURRENCY1": rng.randint(1_000, 999_999),
        "UDF_DOUBLE1": f"{rng.randint(1, 9999) / 100:.2f}",
        "UDF_DATETIME1": created_ms - rng.randint(60, 9_000) * 1000,
        "UDF_EMAIL1": f"desk{rng.randint(1, 9)}@customer.example",
        "UDF_URL1": f"https://status.customer.example/incidents/{rng.randint(100, 999)}",
        "UDF_PHONE1": f"+4930{rng.randint(100_000, 999_999)}",
        "UDF_TEXT1": "\n".join(rng.sample(words.STEPS, 2)),
    }


_ENVIRONMENTS = CUSTOM_FIELDS[1].options
