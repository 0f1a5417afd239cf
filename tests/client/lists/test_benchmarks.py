"""The goals that are counts or virtual time hold on any machine; the others are measured by the command."""

import json

from tests.benchmarks import budget, requests_spent, run, soak


def test_every_benchmark_tells_its_name_and_its_goal():
    """The command finds them by themselves."""
    found = run.modules()
    assert {"overhead", "startup", "bulk", "budget", "requests_spent", "frames", "storm"} <= set(found)
    assert all(module.GOAL for module in found.values())


def test_the_budget_is_kept_to_the_last_request():
    """G5, with fewer seeds: no refusal by the sandbox's own limiter, at 1.01 of the bound."""
    assert budget.measure(seeds=3)["met"] == {"bound": True, "refused": True}


def test_a_pull_spends_the_fewest_requests():
    """G6: exactly, where the projects tell their counts."""
    assert all(requests_spent.measure(projects=4, bugs=900)["met"].values())


def test_a_sign_in_a_day_leaves_no_connection_open():
    """The soak, with days of eight hours: each sign-in that replaces another closes what that one kept open."""
    _, settled, _, end = soak.measure(days=4, hours=8, calls_an_hour=1)["after"].values()
    assert end["threads"] - settled["threads"] < 2
    assert end["files"] - settled["files"] < 4


def test_the_command_writes_what_it_measured(tmp_path, capsys, monkeypatch):
    """--json keeps all figures; the exit status tells whether a goal was missed."""
    fake = type("Fake", (), {"NAME": "fake", "GOAL": "none", "measure": staticmethod(lambda: {"met": {"a": False}})})
    monkeypatch.setattr(run, "modules", lambda: {"fake": fake})
    assert run.main(["--json", str(tmp_path / "out.json")]) == 1
    assert json.loads((tmp_path / "out.json").read_text())["results"]["fake"] == {"met": {"a": False}}
    assert "fake: none" in capsys.readouterr().out
