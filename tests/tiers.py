"""What ``python3 -m tests quick`` leaves out beside browser and kernel, and how often it tries what chance chooses."""

FEWEST = 3

# Beginnings of the names of tests, each with what its time goes into. These go over the same lines again and again.
REPEATING = {
    "client/auth/test_authorization.py::test_t22_stop_at_any_line": "stopped at many lines",
    "client/bugs/test_custom_values.py::test_they_are_chosen_one_by_one": "a pull for every filter",
    "client/bugs/test_every_filter.py": "a pull for every filter",
    "client/bugs/test_filters.py": "a pull for every filter",
    "client/bugs/test_odd_values.py": "every argument by every odd value",
    "client/lists/test_classic_end.py": "every road by every end of the classic API",
    "client/lists/test_roads.py": "every road by every fault",
    "client/lists/test_v3.py": "every list from both APIs",
    "client/lists/test_v3_kinds.py": "every list from both APIs",
    "client/test_echoed_secrets.py::test_t49_no_road_shows": "every road by every secret",
    "client/test_hostile_answers.py": "every road by every odd answer",
    "client/test_odd_arguments.py": "every argument by every odd value",
    "client/test_v3_switches.py": "every road by every pair of V3's switches",
    "notebook/magic/test_hostile_answers_in_cells.py": "every road by every odd answer",
    "notebook/magic/test_marks_in_answers.py": "every line with both APIs",
    "notebook/magic/test_questions.py": "every question to both APIs",
    "notebook/magic/test_saves_stopped.py::test_stop_at_any_line": "stopped at many lines",
}
# Which lines run is not traced in these either, for that takes as long as the test: all but one in 300 of their lines
# run in other tests, as `pytest --cov --cov-branch --cov-context=test` told.
UNTRACED = REPEATING | {
    "browser": "pages; the lines that run in the tests' process are the sandbox's",
    "client/auth/test_storms.py": "threads by the dozen",
    "client/bugs/test_custom_values.py": "every kind of field by every way to write it",
    "client/lists/test_benchmarks.py": "benchmarks",
    "client/lists/test_catalogue.py": "every entry of a table",
    "client/lists/test_checkpoint.py::test_killed_at_random_moments": "processes that are killed",
    "client/lists/test_paging.py": "every way to page",
    "client/lists/test_shared_budget.py": "processes",
    "client/mirror/test_mirror_by_v3.py": "run after run",
    "client/mirror/test_mirror_of_odd_data.py": "every odd record",
    "client/mirror/test_mirror_stopped.py": "stopped at many lines",
    "client/rest/test_endpoints.py": "every entry of a table",
    "client/test_echoed_secrets.py": "every road by every secret",
    "client/test_forks.py": "processes",
    "client/test_redactor.py": "every spelling of a secret",
    "notebook/magic/test_history.py": "every line that IPython may keep",
    "notebook/magic/test_verbose_errors.py": "every road by every mode of tracebacks",
    "notebook/sign_in/test_fifteen_pains.py": "what other tests tell one by one",
    "sandbox/bugtracker/test_tracker_data.py": "every record of a portal",
    "sandbox/bugtracker/test_tracker_parsing.py": "random texts",
    "sandbox/test_table.py": "every entry of a table",
    "notebooks": "documents that run",
}
SLOW = REPEATING | {
    "client/frames/test_frame_dtypes.py::test_the_same_holds_without_pyarrow": "the whole folder once more",
    "client/frames/test_frames_benchmark.py": "a benchmark",
    "client/limits/test_limiter_machine.py": "a soak of the limiter",
    "client/limits/test_shared_token.py": "processes",
    "client/http/test_transport.py::test_t31_a_drip_ends_at_the_deadline": "an answer that drips for seconds",
    "client/lists/test_benchmarks.py": "a benchmark",
    "client/lists/test_checkpoint.py": "processes that are killed",
    "client/lists/test_shared_budget.py": "processes",
    "client/mirror": "data sets on a disk, by the dozen",
    "house/test_command_line.py": "real servers",
    "house/test_dev_environment.py": "real virtual environments",
    "house/test_distribution.py": "a wheel is built and installed",
    "house/test_lowest_versions.py": "a virtual environment is filled, and much is run in it",
    "house/test_other_pythons.py": "a virtual environment is filled, and much is run in it",
    "javascript": "Node, for the linters of another language",
    "leaks/test_canaries.py": "a session of pytest within the session",
    "notebook/sign_in/test_catching.py": "real ports that are waited at",
    "notebook/sign_in/test_device_flow.py": "polls of a second each",
    "notebook/sign_in/test_loopback.py": "real ports that are waited at",
    "notebook/test_audit.py": "whole notebooks by the dozen",
    "notebooks": "documents that run",
    "sandbox/bugtracker/test_tracker_openapi.py": "every operation of a description",
    "sandbox/test_sandbox_benchmarks.py": "a benchmark",
}

# Files are not even imported there; the markers see to the rest.
UNREAD = ["browser", "kernel", *(name for name in SLOW if "::" not in name)]


def examples(count: int) -> int:
    """So many examples in the full run, a tenth of them in the quick tier."""
    import hypothesis  # which `python3 -m tests` installs only after it has read this module

    if hypothesis.settings().max_examples != hypothesis.settings.get_profile("quick").max_examples:
        return count  # its lowest version cannot tell the profile's name
    return max(FEWEST, count // 10)
