"""The page at the demo client's redirect URI: it shows the code for copying."""

from zbt_notebook.simulator.http import Response
from zbt_notebook.simulator.pages.layout import Markup, fill, page


def redirect_page(query: dict[str, str], address: str, *, seconds_left: float | None) -> Response:
    """Show the code, or explain why there is none; *seconds_left* is None for a code that is spent or unknown."""
    if "error" in query:
        body = fill("rejected.html", error=query["error"], address=address)
        return page("No access was given", body)
    code = query.get("code", "")
    if not code:
        return page("Nothing to copy here", fill("no_code.html"))
    if seconds_left is None:
        life = Markup("<p class='life' data-over>This code has been used or has expired. Ask for a new one.</p>")
    else:
        life = fill("life.html", seconds=max(0, int(seconds_left)), again="Create a new consent link.")
    body = fill("redirect.html", code=code, address=address, life=life, location=query.get("location", "").upper())
    return page("Your authorization code", body)
