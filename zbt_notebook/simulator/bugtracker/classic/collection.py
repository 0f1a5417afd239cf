"""The calls that records of a kind take in the classic API, by the rule that nearly all of its pages follow."""

from dataclasses import dataclass
from typing import Any

from zbt_notebook.simulator.bugtracker.call import PAGING
from zbt_notebook.simulator.bugtracker.parameters import Parameter
from zbt_notebook.simulator.bugtracker.routes import Handler, Route
from zbt_notebook.simulator.bugtracker.schemas import DELETED

PORTAL = "/restapi/portal/{portal}"
PROJECT = f"{PORTAL}/projects/{{project}}"
BUG = f"{PROJECT}/bugs/{{bug}}"


@dataclass(frozen=True, slots=True)
class Collection:
    """Records of one kind: the path of their list, the name of an id below it, their scopes' module, their envelope."""

    path: str
    record: str
    module: str
    returns: dict[str, Any]

    @property
    def one(self) -> str:
        """The path of a single record."""
        return f"{self.path}{{{self.record}}}/"

    def listed_by(self, handler: Handler, about: str, *query: Parameter, paged: bool = True) -> Route:
        """GET of the list: in pages, mostly; 204 where there is nothing."""
        asked = (*PAGING, *query) if paged else query
        return Route("GET", self.path, f"{self.module}.READ", handler, about, asked, returns=self.returns, empty=True)

    def shown_by(self, handler: Handler, about: str, *query: Parameter) -> Route:
        """GET of a record: a list of one, in the list's envelope."""
        return Route("GET", self.one, f"{self.module}.READ", handler, about, query, returns=self.returns)

    def created_by(self, handler: Handler, about: str, *body: Parameter) -> Route:
        """POST to the list: 201."""
        scope = f"{self.module}.CREATE"
        return Route("POST", self.path, scope, handler, about, body=body, returns=self.returns, status=201)

    def changed_by(self, handler: Handler, about: str, *body: Parameter, at: str = "") -> Route:
        """POST to a record, or to what is *at* it: there is no PUT, but for one."""
        path = f"{self.one}{at}"
        return Route("POST", path, f"{self.module}.UPDATE", handler, about, body=body, returns=self.returns)

    def deleted_by(self, handler: Handler, about: str) -> Route:
        """DELETE of a record: 200 and a sentence."""
        return Route("DELETE", self.one, f"{self.module}.DELETE", handler, about, returns=DELETED)
