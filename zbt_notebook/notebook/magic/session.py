"""What the magics remember in this kernel beside its connections: contexts, writes, answers, the last call."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zbt_notebook.client import signed_in
from zbt_notebook.client.errors import NotSignedIn, UsageError, ZbtError
from zbt_notebook.notebook.magic.context import Atlas, Context
from zbt_notebook.notebook.magic.grammar.interpolation import Names
from zbt_notebook.notebook.magic.grammar.parser import Options
from zbt_notebook.notebook.magic.grammar.secrets_on_lines import SecretOnLine
from zbt_notebook.notebook.magic.history import take_out
from zbt_notebook.notebook.magic.response_cache import ResponseCache
from zbt_notebook.notebook.magic.write_guard import Ask, Ledger, ask_by_stdin

if TYPE_CHECKING:
    from zbt_notebook.client.connection import Connection


@dataclass(slots=True)
class LastCall:
    """The call that was made last: what went, how long it took, what came. Without secrets."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    connection: str
    began: float
    seconds: float = 0.0
    outcome: str = "under way"


@dataclass(slots=True)
class Session:
    """The state behind ``%zbt``. ``ask`` puts a question to the user, ``clock`` counts seconds."""

    shell: Any
    ask: Ask = ask_by_stdin
    clock: Callable[[], float] = time.time
    atlases: dict[str, Atlas] = field(default_factory=dict)
    read_only: set[str] = field(default_factory=set)
    last_call: LastCall | None = None
    ledger: Ledger = field(init=False)
    memory: ResponseCache = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.clock)
        self.memory = ResponseCache(self.clock)

    def connection(self, options: Options) -> "Connection":
        """Give the connection that a line asks for; raise NotSignedIn where there is none."""
        try:
            return signed_in.current(options.get("as") or None)
        except NotSignedIn:
            from zbt_notebook.notebook.sign_in.begun import one_waits

            if signed_in.connections() or not one_waits():
                raise
        raise NotSignedIn(
            "you are not signed in yet: a sign-in waits for you",
            hint="Finish the card above, then run this cell again.",
        )

    def atlas(self, connection: "Connection") -> Atlas:
        """Give the portals and projects of a connection; a new sign-in to the same account keeps its context."""
        known = self.atlases.get(connection.name)
        if known is None or known.connection is not connection:
            same = known is not None and _account(known.connection) == _account(connection)
            self.atlases[connection.name] = Atlas(connection, known.context if known and same else Context())
        return self.atlases[connection.name]

    def names(self, connection: "Connection | None", local: dict[str, Any] | None = None) -> Names:
        """Give what a name in braces may stand for: the context, then the user's variables."""

        def variables() -> dict[str, Any]:
            return {**self.shell.user_ns, **(local or {})}

        def evaluate(expression: str) -> object:
            return eval(compile(expression, "<%zbt>", "eval"), variables())  # noqa: S307  the user's own expression, in the user's own namespace

        def known() -> list[str]:
            return [name for name in variables() if not name.startswith("_")]

        def secrets() -> tuple[str, ...]:
            return connection.client.authorization.secrets() if connection else ()

        context = self.atlas(connection).context if connection else Context()
        return Names(context.values(), evaluate, known, secrets, context.names())

    def refuse_write(self, connection: "Connection", method: str) -> None:
        """Raise UsageError where the connection was made for reading."""
        if connection.name in self.read_only:
            raise UsageError(
                f"{connection.name} is signed in for reading: {method} is refused",
                hint="Sign in without --read-only to write.",
            )

    def forget(self, connection: "Connection") -> None:
        """Drop everything that belongs to a connection."""
        self.memory.forget(connection)
        if self.atlases.get(connection.name) and self.atlases[connection.name].connection is connection:
            del self.atlases[connection.name]
        self.read_only.discard(connection.name)

    def failed(self, error: ZbtError, *texts: str) -> None:
        """Where an error says that this line and cell hold a secret, IPython shall keep it no longer."""
        if isinstance(error, SecretOnLine):
            done = take_out(self.shell, *texts)
            error.hint += (
                " IPython's own history keeps it no longer." if done else " IPython's history could not be cleaned."
            )

    def cell(self) -> str:
        """Name the cell that runs: by its id where the front end tells it, else by its text."""
        get_parent = getattr(self.shell, "get_parent", None)
        parent = get_parent() if get_parent else {}
        cell = (parent or {}).get("metadata", {}).get("cellId")
        inputs = self.shell.history_manager.input_hist_raw if self.shell.history_manager else [""]
        return str(cell or inputs[-1])


def session_of(shell: Any) -> Session:
    """The shell's one session: ``%reload_ext`` makes the magics anew, and forgets nothing."""
    session = getattr(shell, _KEPT, None)
    if not isinstance(session, Session):
        session = Session(shell)
        setattr(shell, _KEPT, session)
    return session


_KEPT = "_zbt_notebook_session"


def _account(connection: "Connection") -> tuple[str, str]:
    return connection.data_center.api_url, connection.client_id
