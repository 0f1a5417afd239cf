"""The benchmark of frames measures what it says, on a small scale."""

from tests.benchmarks import frames


def test_the_benchmark_tells_wrong_ids_from_right_ones():
    """json_normalize has wrong ids, the builder none; every figure of the goal is there for each way."""
    measured = frames.measure(bugs=600, rounds=1)
    assert measured["normalize"]["wrong_ids"] > 0
    ways = [measured[way] for way in ("orjson", "json") if way in measured]
    for way in ways:
        assert way["wrong_ids"] == 0
        assert {"times_less_cpu", "peak_ratio", "tail_ratio", "met"} <= way.keys()
        assert way["met"]["ids"]
    assert ways
