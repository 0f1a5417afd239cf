"""The page shown where Zoho does not redirect."""

from zbt_notebook.simulator.http import Response
from zbt_notebook.simulator.pages.layout import fill, page

_ADVICE = {
    "Invalid Client": "Compare the client ID with the API console, and the data centre with the one it was made in.",
    "Invalid Redirect Uri": "Both must agree to the letter: scheme, host, port, path and a slash at the end.",
    "Invalid OAuth Scope": "Scopes are written ZohoBugTracker.<module>.<operation>, separated by commas.",
}


def error_page(heading: str, line: str, *headers: tuple[str, str], status: int = 400) -> Response:
    """Say what is wrong, in Zoho's words where they are known, and what to look at."""
    body = fill("error.html", heading=heading, line=line, advice=_ADVICE.get(heading, ""))
    return page(heading, body, ("X-Sandbox-Problem", f"{heading}: {line}"), *headers, status=status)
