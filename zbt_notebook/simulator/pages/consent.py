"""The page that asks a user whether a client may act for them."""

from zbt_notebook.simulator.http import Response
from zbt_notebook.simulator.pages.layout import Markup, fill, joined, page

_VERBS = {
    "read": "See",
    "create": "Add",
    "update": "Change",
    "delete": "Delete",
    "all": "See, add, change and delete",
}
_NOUNS = {
    "profile": "your name and e-mail address",
    "timesheets": "time logs",
    "status": "project status",
    "securesearch": "search",
    "custom_fields": "custom fields",
}


def consent_page(
    client_name: str,
    scopes: tuple[str, ...],
    *,
    user_name: str,
    user_email: str,
    data_center: str,
    ticket: str,
    redirect_uri: str,
    offline: bool,
) -> Response:
    """Ask, with the buttons Accept and Reject."""
    lasting = "until you revoke it" if offline else "for one hour"
    body = fill(
        "consent.html",
        client_name=client_name,
        initial=(client_name.strip() or "?")[0].upper(),
        user_name=user_name,
        user_email=user_email,
        data_center=data_center.upper(),
        scopes=scope_list(scopes),
        lasting=lasting,
        ticket=ticket,
        target=redirect_uri,
    )
    return page(f"{client_name} asks for access", body, form_target=redirect_uri)


def scope_list(scopes: tuple[str, ...]) -> Markup:
    """Say in words what the scopes allow: once, where those of two families allow the same."""
    allowed: dict[str, list[str]] = {}
    for scope in scopes:
        allowed.setdefault(_in_words(scope), []).append(scope)
    return joined([fill("scope.html", words=words, scope=", ".join(same)) for words, same in allowed.items()])


def _in_words(scope: str) -> str:
    _, module, operation = (*scope.split("."), "", "")[:3]
    noun = _NOUNS.get(module.lower(), module.lower())
    return f"{_VERBS.get(operation.lower(), operation)} {noun}"
