"""The words in which a hint names the next step: Python's, unless whoever shows the hints has taught others."""

from collections.abc import Mapping

_PYTHON = {
    "login": "zbt.connect(…), or zbt.LoginFlow(…) where somebody can consent",
    "login to practise": "zbt.sandbox()",
    "login as": 'zbt.connect(…, name="{name}")',
    "login and remember": "zbt.login(remember=True)",
    "add scope": "sign in anew with the scope {scope} among the others",
    "list endpoints": "zbt_notebook.client.rest.endpoints.search()",
    "list portals": 'connection.get("/portals/")',
    "explain call": "the page of Zoho's API for {path}",
    "show bug": 'connection.bug("{key}")',
    "check set-up": "connection.status()",
}
_taught: dict[str, str] = {}


def teach(words: Mapping[str, str]) -> None:
    """Say the steps in these words from now on, each a template with the same placeholders."""
    unknown = words.keys() - _PYTHON.keys()
    if unknown:
        message = f"no hint names these steps: {', '.join(sorted(unknown))}"
        raise KeyError(message)
    _taught.update(words)


def step(name: str, /, **values: str) -> str:
    """What to type for the step *name*."""
    return (_taught.get(name) or _PYTHON[name]).format(**values)
