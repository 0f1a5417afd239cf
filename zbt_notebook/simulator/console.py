"""The API console for programs: another process gets a client of the type it needs, as a developer does by hand."""

from secrets import compare_digest

from zbt_notebook.simulator.accounts.clients import Client
from zbt_notebook.simulator.accounts.scopes import known, split_scopes
from zbt_notebook.simulator.accounts.state import AccountsState
from zbt_notebook.simulator.http import Request, Response, json_response

PATH = "/sandbox/console/"
_READY = ("device", "self")  # of these there is one for everybody


class Console:
    """Answers whoever holds a client of this sandbox, which it handed out itself: no page on the web does."""

    def __init__(self, state: AccountsState) -> None:
        self._state = state

    def handle(self, request: Request) -> Response:
        """Answer ``POST …/clients`` (a client of a type) and ``POST …/codes`` (a Self Client's code), as JSON."""
        form = request.form
        with self._state.lock:
            owner = self._state.clients.get(form.get("client_id", ""))
            if owner is None or not compare_digest(
                owner.client_secret.encode(), form.get("client_secret", "").encode()
            ):
                return json_response(403, {"error": "this console knows no such client"})
            try:
                return self._act(request.path.removeprefix(PATH), form, owner)
            except ValueError as problem:
                return json_response(400, {"error": str(problem)})

    def _act(self, action: str, form: dict[str, str], owner: Client) -> Response:
        match action:
            case "clients":
                client = self._client(form.get("type", ""), form.get("redirect_uri", ""), owner)
                names = ("client_id", "client_secret", "redirect_uri")
                return json_response(200, {name: getattr(client, name) for name in names})
            case "codes":
                scopes = known(split_scopes(form.get("scopes", "")), self._state.switches)
                if not scopes:
                    raise ValueError("Enter a valid scope")
                code = self._state.self_client_code(self._client("self", "", owner).client_id, scopes, None)
                return json_response(200, {"code": code})
            case _:
                return json_response(404, {"error": "this console has no such button"})

    def _client(self, client_type: str, redirect_uri: str, owner: Client) -> Client:
        if client_type in _READY:
            return next(client for client in self._state.clients.values() if client.type == client_type)
        if client_type != "server":
            raise ValueError("clients are of the type server, device or self")
        return self._state.register(
            "Redirect demo",
            "server",
            redirect_uri=redirect_uri,
            scopes=owner.scopes,
            data_center=owner.data_center,
            multi_dc=owner.multi_dc,
        )
