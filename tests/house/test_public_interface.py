"""The names that the documents promise are there, and no others."""

import inspect

import pytest

import zbt_notebook as zbt

DOCUMENTED = {
    "ApiError",
    "Connection",
    "DATA_CENTERS",
    "DataCenter",
    "IncompletePull",
    "LoginFlow",
    "NotFound",
    "NotSignedIn",
    "RateLimited",
    "ScopeMissing",
    "SignInRejected",
    "TokenRejected",
    "Unreachable",
    "UsageError",
    "ZbtError",
    "__version__",
    "audit",
    "connect",
    "current",
    "load_ipython_extension",
    "login",
    "refetch",
    "mirror",
    "resume",
    "sandbox",
}
TREE = {
    "ZbtError": "Exception",
    "UsageError": "ZbtError",
    "NotSignedIn": "ZbtError",
    "SignInRejected": "ZbtError",
    "Unreachable": "ZbtError",
    "ApiError": "ZbtError",
    "TokenRejected": "ApiError",
    "ScopeMissing": "ApiError",
    "NotFound": "ApiError",
    "RateLimited": "ApiError",
    "IncompletePull": "ApiError",
}


def test_the_front_door_is_the_documented_one():
    """Adding or dropping a public name is a decision, so it changes this test."""
    assert set(zbt.__all__) == DOCUMENTED


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_every_public_name_resolves_and_explains_itself(name):
    """Each lazy name is really there, in dir(), and has a docstring where it can have one."""
    value = getattr(zbt, name)
    assert name in dir(zbt)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert inspect.getdoc(value)


def test_an_unknown_name_is_an_attribute_error():
    """The lazy front door answers like any module."""
    with pytest.raises(AttributeError, match="no attribute 'log_in'"):
        zbt.log_in  # noqa: B018  the access is what is tested


def test_the_errors_form_the_documented_tree():
    """Each error stands below the one that the documents name."""
    assert {name: getattr(zbt, name).__mro__[1].__name__ for name in TREE} == TREE


@pytest.mark.parametrize("name", sorted(TREE))
def test_the_tree_is_drawn_where_the_errors_are_defined(name):
    """The module's docstring shows every error, indented below its parent."""
    from zbt_notebook.client import errors

    drawing = errors.__doc__.splitlines()
    line = next(line for line in drawing if name in line.split("─ ")[-1].split()[:1])
    depth = len(getattr(zbt, name).__mro__) - 4  # Exception, BaseException and object stand above ZbtError
    assert line.index(name) == 4 * (depth + 1)


@pytest.mark.parametrize("name", sorted(TREE))
def test_a_notebook_shows_two_lines(name):
    """What happened, what to do next: no stack, no argument values."""
    error = getattr(zbt, name)("it went wrong", hint="Do the next thing.")
    assert error.hint == "Do the next thing."
    assert error._render_traceback_() == [f"{name}: it went wrong", "Do the next thing."]
    assert str(error) == "it went wrong\nDo the next thing."
