"""What an access token stands for: who, which scopes, which data centre, until when."""

from dataclasses import dataclass

BUGTRACKER, PROJECTS = "zohobugtracker", "zohoprojects"


@dataclass(frozen=True, slots=True)
class User:
    """A person with a Zoho account; ``zuid`` names them at Zoho, ``zpuid`` in the portal."""

    zuid: int
    zpuid: str
    name: str
    email: str


DEMO_USER = User(zuid=60012345678, zpuid="1203000000019003", name="Maya Lindqvist", email="maya@sandbox.test")


@dataclass(frozen=True, slots=True)
class Grant:
    """A live access token's rights; ``expires_at`` is in epoch seconds of the sandbox's clock."""

    user: User
    scopes: tuple[str, ...]
    client_id: str
    data_center: str
    expires_at: float

    @property
    def families(self) -> frozenset[str]:
        """Service names of the scopes, lower-case: ``zohobugtracker``, ``zohoprojects``, …."""
        return frozenset(scope.partition(".")[0].lower() for scope in self.scopes)

    @property
    def family(self) -> str:
        """The BugTracker family where any scope is of it, else that of the first scope; lower-case."""
        if BUGTRACKER in self.families or not self.scopes:
            return BUGTRACKER if self.scopes else ""
        return self.scopes[0].partition(".")[0].lower()

    def allows(self, scope: str, family: str = BUGTRACKER) -> bool:
        """Tell whether ``bugs.READ`` of a family, or the module's ALL, was granted; case does not matter."""
        module = scope.lower().partition(".")[0]
        return self.holds(f"{family}.{module}.all") or self.holds(f"{family}.{scope}")

    def holds(self, scope: str) -> bool:
        """Tell whether this very scope was granted; case does not matter."""
        return scope.lower() in {granted.lower() for granted in self.scopes}
