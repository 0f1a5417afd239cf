"""Why a call is refused, and the two shapes in which Zoho says so."""

from typing import Any

from zbt_notebook.simulator.switches import Switches

VALIDATION = "FIELDS_VALIDATION_ERROR"
OPERATIONAL = "OPERATIONAL_VALIDATION_ERROR"


class Refused(Exception):
    """One refusal, undressed: status, the gateway's title, the classic code, a message, the field at fault."""

    def __init__(
        self, status: int, title: str, code: int, message: str, *, field: str = "", kind: str = VALIDATION
    ) -> None:
        super().__init__(message)
        self.status = status
        self.title = title
        self.code = code
        self.message = message
        self.field = field
        self.kind = kind

    def classic(self) -> dict[str, Any]:
        """The classic API's shape: an integer code, a message."""
        return {"error": {"code": self.code, "message": self.message}}

    def gateway(self, switches: Switches, path: str) -> dict[str, Any]:
        """The shape of the security layer before both APIs, and of all of V3."""
        error: dict[str, Any] = {
            "status_code": self.status if switches.status_code_as == "number" else str(self.status)
        }
        if self.title == "URL_RULE_NOT_CONFIGURED":
            error["instance"] = path
        error["title"] = self.title
        if self.kind:
            error["error_type"] = self.kind
        detail = {"message": self.message}
        error["details"] = [{"field_name": self.field, **detail} if self.field else detail]
        return {"error": error}


def missing_token() -> Refused:
    """No usable credential was sent; 6890 is what the days of ``authtoken`` left behind."""
    return Refused(401, "INVALID_TICKET", 6890, "Invalid Ticket", kind="")


def invalid_token() -> Refused:
    """The token is unknown, expired, revoked, evicted, or of another data centre."""
    return Refused(401, "INVALID_OAUTHTOKEN", 6401, "Invalid OAuth access token.", kind="")


def missing_scope(switches: Switches) -> Refused:
    """The token does not cover the route, which Zoho words in one of two ways."""
    if switches.missing_scope_as == "URL_RULE_NOT_CONFIGURED":
        return wrong_url()
    return Refused(401, "INVALID_OAUTHSCOPE", 6403, "Invalid OAuth scope.")


def wrong_url(status: int = 400) -> Refused:
    """There is no such route."""
    return Refused(status, "URL_RULE_NOT_CONFIGURED", 6404, "Given URL is wrong", kind="")


def wrong_method(method: str) -> Refused:
    """The route exists, but not for this method."""
    return Refused(405, "INVALID_METHOD", 6405, f"The method {method} is not allowed for this URL", kind="")


def not_found(what: str) -> Refused:
    """The route is right, the thing is not there."""
    return Refused(404, "RESOURCE_NOT_FOUND", 6404, f"{what} does not exist", kind=OPERATIONAL)


def no_access() -> Refused:
    """What is meant is not a portal of the caller's: so it sounds when ``login_id`` is taken for a portal's id."""
    message = "You do not have the permission to access this portal"
    return Refused(403, "ACCESS_DENIED", 6403, message, kind=OPERATIONAL)


def parameter_missing(field: str) -> Refused:
    """A required parameter was not sent."""
    return Refused(400, "LESS_THAN_MIN_OCCURANCE", 6831, "Input Parameter Missing", field=field)


def pattern_not_matched(field: str) -> Refused:
    """A parameter has the wrong form."""
    message = "Input Parameter Does not Match the Pattern Specified"
    return Refused(400, "PATTERN_NOT_MATCHED", 6832, message, field=field)


def invalid_value(field: str) -> Refused:
    """A parameter has a value that means nothing here."""
    return Refused(400, "INVALID_PARAMETER_VALUE", 6832, "Invalid value for the parameter", field=field)


def too_long(field: str) -> Refused:
    """A parameter is longer than its field."""
    return Refused(400, "MORE_THAN_MAX_LENGTH", 6832, "Input Parameter is longer than allowed", field=field)


def extra_key(field: str) -> Refused:
    """V3 knows no such key."""
    return Refused(400, "EXTRA_KEY_FOUND_IN_JSON", 6832, "Extra key found in JSON.", field=field)


def extra_parameter(field: str) -> Refused:
    """The call takes no such parameter; of this refusal the title alone is recorded."""
    return Refused(400, "EXTRA_PARAM_FOUND", 6832, "Extra parameter found.", field=field)


def broken_json() -> Refused:
    """The body is not the JSON that was expected."""
    return Refused(400, "JSON_PARSE_ERROR", 6832, "Unable to parse the JSON")
