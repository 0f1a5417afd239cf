"""The pages of the device flow: type a code, decide, done."""

from zbt_notebook.simulator.http import Response
from zbt_notebook.simulator.pages.consent import scope_list
from zbt_notebook.simulator.pages.layout import Markup, fill, page


def device_page(problem: str = "") -> Response:
    """Ask for the short code."""
    note = fill("note.html", text=problem) if problem else Markup("")
    return page("Connect a device", fill("device.html", note=note))


def device_consent_page(
    user_code: str, ticket: str, client_name: str, scopes: tuple[str, ...], *, user_name: str, user_email: str
) -> Response:
    """Ask, for the sign-in that the short code belongs to."""
    body = fill(
        "device_consent.html",
        user_code=user_code,
        ticket=ticket,
        client_name=client_name,
        initial=(client_name.strip() or "?")[0].upper(),
        scopes=scope_list(scopes),
        user_name=user_name,
        user_email=user_email,
    )
    return page(f"{client_name} asks for access", body)


def device_result_page(client_name: str, *, accepted: bool) -> Response:
    """Say that the user can go back to the device."""
    heading = "You are connected" if accepted else "No access was given"
    text = "Go back to your notebook: it has noticed, or will in a moment."
    return page(heading, fill("done.html", heading=heading, text=text, client_name=client_name))
