"""The next steps that hints name, as lines of ``%zbt``."""

from zbt_notebook.client import next_steps

STEPS = {
    "login": "%zbt login",
    "login to practise": "%zbt login --sandbox",
    "login as": "%zbt login --as {name}",
    "login and remember": "%zbt login --remember",
    "add scope": "%zbt login --add-scope {scope}",
    "list endpoints": "%zbt endpoints",
    "show bug": "%zbt bug {key}",
    "list portals": "%zbt GET /portals/",
    "explain call": "%zbt help {path}",
    "check set-up": "%zbt doctor",
}


def install() -> None:
    """Let hints speak ``%zbt``: for those who took the package by its front door, or loaded the extension."""
    next_steps.teach(STEPS)
