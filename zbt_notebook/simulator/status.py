"""The sandbox's own page: who is registered, what lives, what was asked, and the hands of the clock."""

import secrets
from datetime import UTC, datetime
from urllib.parse import unquote_plus

from zbt_notebook.simulator.accounts import Accounts, Client, User
from zbt_notebook.simulator.accounts.scopes import known, split_scopes
from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.faults import KINDS, Faults
from zbt_notebook.simulator.http import Request, Response
from zbt_notebook.simulator.pages.error import error_page
from zbt_notebook.simulator.pages.layout import Markup, fill, joined, page
from zbt_notebook.simulator.pages.self_client import self_client_code_page
from zbt_notebook.simulator.request_log import RequestLog
from zbt_notebook.simulator.sites import Sites

_SHOWN = 60
_LONGEST_STEP = 366 * 86400
_CODE_LIFETIMES = (180, 300, 420, 600)  # seconds that the console offers


class StatusPage:
    """The page at ``/`` and the buttons on it, each good only with the page's own ticket."""

    def __init__(
        self,
        accounts: Accounts,
        clock: Clock,
        faults: Faults,
        log: RequestLog,
        sites: Sites,
        *,
        people: tuple[User, ...],
    ) -> None:
        """Stand beside a world; *people* are those who may sit at the browser."""
        self._people = {str(person.zuid): person for person in people}
        self._state = accounts.state
        self._clock = clock
        self._faults = faults
        self._log = log
        self._sites = sites
        self._ticket = secrets.token_urlsafe(18)

    def handle(self, request: Request) -> Response:
        """Show the page, or do what a button says and show it again."""
        if request.method in {"GET", "HEAD"} and request.path == "/":
            return page("Status", self._body(), wide=True)
        if request.method != "POST" or not request.path.startswith("/sandbox/"):
            return error_page("Page not found", "The sandbox has no such page", status=404)
        if not secrets.compare_digest(request.form.get("ticket", "").encode(), self._ticket.encode()):
            return error_page("This page has expired", "Reload the status page and press the button again", status=403)
        try:
            shown = self._act(request.path.removeprefix("/sandbox/"), request.form)
        except ValueError as problem:
            return error_page("That did not work", str(problem))
        return shown or Response(303, b"", (("Location", "/"), ("Cache-Control", "no-store")))

    def _act(self, action: str, form: dict[str, str]) -> Response | None:
        match action:
            case "clock":
                self._clock.advance(min(float(form.get("seconds", "")), _LONGEST_STEP))
            case "fault":
                times = int(form.get("times") or 1)
                self._faults.add(kind=form.get("kind", ""), path=form.get("path") or "*", times=times)
            case "faults/clear":
                self._faults.clear()
            case "log/clear":
                self._log.clear()
            case "user":
                self._switch_user(form.get("zuid", ""), form.get("home", ""))
            case "code":
                return self._generate_code(split_scopes(form.get("scopes", "")), float(form.get("seconds", "")))
            case _:
                raise ValueError("the sandbox has no such button")
        return None

    def _switch_user(self, zuid: str, home: str) -> None:
        if zuid not in self._people or home not in self._sites:
            raise ValueError("there is no such user, or no such data centre")
        with self._state.lock:
            self._state.user, self._state.home = self._people[zuid], home

    def _generate_code(self, scopes: tuple[str, ...], seconds: float) -> Response:
        scopes = known(scopes, self._state.switches)
        if not scopes:
            raise ValueError("Enter a valid scope")
        client = self._self_client()
        code = self._state.self_client_code(client.client_id, scopes, seconds)
        return self_client_code_page(client, code, scopes, seconds=seconds)

    def _self_client(self) -> Client:
        with self._state.lock:
            return next(client for client in self._state.clients.values() if client.type == "self")

    def _body(self) -> Markup:
        now = self._clock.now()
        return fill(
            "status.html",
            ticket=self._ticket,
            now=f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S} UTC",
            user=f"{self._state.user.name} ({self._state.home.upper()})",
            people=self._choices(
                {key: person.name for key, person in self._people.items()}, str(self._state.user.zuid)
            ),
            homes=self._choices({name: name.upper() for name in self._sites.names}, self._state.home),
            scopes=", ".join(self._self_client().scopes),
            lifetimes=self._choices({str(one): f"{one // 60} min" for one in _CODE_LIFETIMES}, "180"),
            sites=joined([self._site(name) for name in self._sites.names]),
            clients=self._clients(),
            tokens=self._tokens(now),
            faults=self._fault_rows(),
            kinds=joined([fill("option.html", name=kind) for kind in KINDS]),
            log=self._log_rows(),
            total=self._log.total,
        )

    @staticmethod
    def _choices(names: dict[str, str], chosen: str) -> Markup:
        return joined(
            [
                fill("choice.html", value=value, name=name, selected=Markup(" selected" if value == chosen else ""))
                for value, name in names.items()
            ]
        )

    def _site(self, name: str) -> Markup:
        site = self._sites[name]
        return fill("site.html", name=name.upper(), accounts=site.accounts_url, api=site.api_url)

    def _clients(self) -> Markup:
        with self._state.lock:
            clients = list(self._state.clients.values())
        return joined(
            [
                fill(
                    "client.html",
                    name=client.name,
                    type=client.type,
                    client_id=client.client_id,
                    client_secret=client.client_secret,
                    redirect_uri=fill("code.html", text=client.redirect_uri) if client.redirect_uri else "none",
                    where="every data centre" if client.multi_dc else client.data_center.upper(),
                )
                for client in clients
            ]
        )

    def _tokens(self, now: float) -> Markup:
        with self._state.lock:
            grants = [(value, grant) for value, grant in self._state.tokens.grants.items() if grant.expires_at > now]
            refresh_tokens = list(self._state.tokens.refresh_tokens.values())
            names = {client.client_id: client.name for client in self._state.clients.values()}
        rows = [
            fill(
                "token.html",
                kind="refresh",
                token=_short(token.value),
                client=token.client.name,
                scopes=" ".join(token.scopes),
                left="until revoked",
            )
            for token in refresh_tokens
        ] + [
            fill(
                "token.html",
                kind="access",
                token=_short(value),
                client=names[grant.client_id],
                scopes=" ".join(grant.scopes),
                left=f"{_span(grant.expires_at - now)} left",
            )
            for value, grant in grants
        ]
        return joined(rows) or fill("empty.html", columns=5, text="No token lives. Sign in from a notebook.")

    def _fault_rows(self) -> Markup:
        return joined(
            [
                fill(
                    "fault.html",
                    kind=fault.kind,
                    method=fault.method or "any",
                    path=fault.path,
                    times="always" if fault.times is None else f"{fault.times} more",
                )
                for fault in self._faults.active
            ]
        ) or fill("empty.html", columns=4, text="Nothing is set to go wrong.")

    def _log_rows(self) -> Markup:
        return (
            joined(
                [
                    fill(
                        "entry.html",
                        at=f"{datetime.fromtimestamp(entry.at, UTC):%H:%M:%S}",
                        where=f"{entry.data_center} {entry.role}",
                        method=entry.method,
                        path=entry.path,
                        query=f"?{unquote_plus(entry.query)}" if entry.query else "",
                        status=entry.status,
                        mood="ill" if entry.status >= 400 or entry.note.startswith("fault") else "well",  # noqa: PLR2004  HTTP's own line
                        note=entry.note,
                    )
                    for entry in reversed(self._log.entries()[-_SHOWN:])
                ]
            )
            or fill("empty.html", columns=6, text="Nobody has asked for anything yet.")
        )


def _short(token: str) -> str:
    return f"{token[:9]}…{token[-4:]}"


def _span(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"  # noqa: PLR2004  a minute
