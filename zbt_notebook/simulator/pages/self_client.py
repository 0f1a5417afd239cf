"""The page that the console's *Generate Code* leads to."""

from zbt_notebook.simulator.accounts.clients import Client
from zbt_notebook.simulator.http import Response
from zbt_notebook.simulator.pages.consent import scope_list
from zbt_notebook.simulator.pages.layout import fill, page


def self_client_code_page(client: Client, code: str, scopes: tuple[str, ...], *, seconds: float) -> Response:
    """Show a Self Client's code, once."""
    life = fill("life.html", seconds=int(seconds), again="Generate a new one.")
    body = fill("self_code.html", client_id=client.client_id, code=code, scopes=scope_list(scopes), life=life)
    return page("Your Self Client code", body)
