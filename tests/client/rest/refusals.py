"""Refusals of the API as they come over the wire, and what is made of them."""

import json
from datetime import UTC, datetime

import pytest

from zbt_notebook.client.errors import ApiError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.rest.api import ApiCall
from zbt_notebook.client.rest.api_errors import judge

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
CALL = ApiCall("GET", "/restapi/portal/1/projects/2/bugs/")
THROTTLE = "Cannot execute more than 100 requests per API in 2 minutes. Try again after 22 minutes."


def answer(body, status=200, **headers):
    return Response(status, headers, json.dumps(body).encode())


def gateway(title, message="", status=400, field=None, *, as_object=False):
    detail = {"message": message, **({"field_name": field} if field else {})}
    error = {"status_code": str(status), "title": title, "details": detail if as_object else [detail]}
    return answer({"error": error}, status)


def caught(response, kind=ApiError, **context):
    with pytest.raises(kind) as raised:
        judge(response, CALL, now=NOW, **context)
    assert raised.value.hint
    assert "\n" not in raised.value.message
    return raised.value
