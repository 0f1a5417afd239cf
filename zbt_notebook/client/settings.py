"""The ``ZBT_*`` variables of the environment, as they are meant."""

import os

_QUOTES = "\"'"


def setting(name: str) -> str:
    """The variable's value, empty where it is not set.

    Spaces and quotes around it are not meant: ``docker --env-file`` and some editors keep them, a shell does not.
    """
    value = os.environ.get(name, "").strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in _QUOTES:
        value = value[1:-1].strip()
    return value
