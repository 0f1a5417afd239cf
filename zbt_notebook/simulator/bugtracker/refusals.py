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
        """The shape of the security layer before both APIs."""
        error: dict[str, Any] = {
            "status_code": self.status if switches.status_code_as == "number" else str(self.status)
        }
        if self.title == "URL_RULE_NOT_CONFIGURED":
            error["instance"] = path
        error["title"] = self.title
        if self.kind:
            error["error_type"] = self.kind
        error["details"] = [self._detail]
        return {"error": error}

    def v3(self, switches: Switches, method: str, path: str) -> dict[str, Any]:
        """The shape of V3, in the dress that the switches ask for."""
        if self.title == "RESOURCE_NOT_FOUND" and switches.v3_not_found_as == "classic":
            return {"error": {"code": self.code, "message": "Resource Not Found"}}
        error: dict[str, Any] = {
            "status_code": self.status if switches.status_code_as == "number" else str(self.status),
            "instance": path,
            "method": method,
            "title": self.title,
            "error_type": self.kind or VALIDATION,
            "details": self._detail if switches.v3_details_as == "object" else [self._detail],
        }
        return {"error": [error] if switches.v3_error_as == "array" else error}

    @property
    def _detail(self) -> dict[str, str]:
        if not self.message:
            return {}  # of INVALID_INPUTSTREAM nothing more is told
        return {"field_name": self.field, "message": self.message} if self.field else {"message": self.message}


def missing_token() -> Refused:
    """No usable credential was sent; 6890 is what the days of ``authtoken`` left behind."""
    return Refused(401, "INVALID_TICKET", 6890, "Invalid Ticket", kind="")


def invalid_token(switches: Switches) -> Refused:
    """The token is unknown, expired, revoked, evicted, or of another data centre."""
    return Refused(switches.invalid_token_status, "INVALID_OAUTHTOKEN", 6401, "Invalid OAuth access token.", kind="")


def missing_scope(switches: Switches) -> Refused:
    """The token does not cover the route, which Zoho words in one of two ways."""
    if switches.missing_scope_as == "URL_RULE_NOT_CONFIGURED":
        return wrong_url()
    return Refused(401, "INVALID_OAUTHSCOPE", 6403, "Invalid OAuth scope.")


def wrong_url(status: int = 400) -> Refused:
    """There is no such route."""
    return Refused(status, "URL_RULE_NOT_CONFIGURED", 6404, "Given URL is wrong", kind="")


def wrong_method(method: str, switches: Switches) -> Refused:
    """The route exists, but not for this method."""
    message = f"The method {method} is not allowed for this URL"
    return Refused(switches.invalid_method_status, "INVALID_METHOD", 6405, message, field=method, kind="")


def not_found(what: str) -> Refused:
    """The route is right, the thing is not there."""
    return Refused(404, "RESOURCE_NOT_FOUND", 6404, f"{what} does not exist", kind=OPERATIONAL)


def no_access() -> Refused:
    """The caller may not."""
    return Refused(403, "ACCESS_DENIED", 6403, "You do not have the permission to access this", kind=OPERATIONAL)


def no_portal() -> Refused:
    """The portal's id is none: so it sounds when ``login_id`` is taken for it."""
    return Refused(404, "RESOURCE_NOT_FOUND", 6504, "Domain Not Available", kind=OPERATIONAL)


def trashed(what: str) -> Refused:
    """The thing is in the bin; of this refusal the status alone is recorded."""
    return Refused(410, "RESOURCE_NOT_FOUND", 6404, f"{what} is in the trash", kind=OPERATIONAL)


def wrong_body() -> Refused:
    """A body where none belongs, or none where one is wanted."""
    return Refused(400, "INVALID_INPUTSTREAM", 6832, "")


def server_error() -> Refused:
    """Zoho failed; some calls always do."""
    return Refused(500, "INTERNAL_SERVER_ERROR", 6500, "zp.general.error", kind=OPERATIONAL)


def no_files() -> Refused:
    """Files need WorkDrive, which this portal has not switched on."""
    return Refused(
        400, "REQUIRED_PARAMETER_MISSING", 6831, "WorkDrive is not enabled for the portal", field="workdrive"
    )


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


def export_again() -> Refused:
    """A portal is exported once in 24 hours; of this refusal the title alone is recorded."""
    message = "Export is allowed once in 24 hours"
    return Refused(400, "EXPORT_ONCE_IN_24_HOURS", 6832, message, kind=OPERATIONAL)


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
