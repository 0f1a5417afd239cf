"""The sandbox's benchmarks run, and tell what they say they tell; small ones, whose figures mean nothing."""

from tests.benchmarks import sandbox_data, sandbox_load


def test_a_small_run_of_the_data_benchmark():
    """Seconds, megabytes and milliseconds a page, and which goals are met."""
    measured = sandbox_data.measure(bugs=200, rounds=1)
    assert measured.keys() >= {"seconds", "megabytes", "page_milliseconds", "met"}
    assert measured["met"].keys() == {"seconds", "megabytes", "page"}


def test_a_small_run_of_the_load_benchmark():
    """Three servers, each asked in its ways; every answer of the sandbox is right."""
    measured = sandbox_load.measure(rate=100, threads=2, seconds=0.1, burst=0.05, rounds=1, warm_up=10)
    speeds = measured["requests_a_second"]
    assert speeds["a connection each"].keys() == {"sandbox", "http.server", "werkzeug"}
    assert speeds["kept connections"].keys() == {"sandbox", "http.server"}
    assert (measured["even_pace"]["requests"], measured["even_pace"]["errors"]) == (10, 0)
