"""A server that sends our secrets back, on every road and in every dress: nothing that is shown or raised has them."""

import json
import pickle
import traceback

import pytest

from tests.client.test_redactor import DRESSES
from tests.leaks.find_secrets import find_secrets
from zbt_notebook.client import signed_in
from zbt_notebook.client.auth.account import Account
from zbt_notebook.client.auth.data_centers import DATA_CENTERS
from zbt_notebook.client.auth.oauth import ClientCredentials
from zbt_notebook.client.errors import ZbtError
from zbt_notebook.client.http.messages import Response
from zbt_notebook.client.login_flow import LoginFlow, connect
from zbt_notebook.client.secret_str import SecretStr
from zbt_notebook.notebook.sign_in.device import ShortCode

SECRETS = {
    "client secret": "c4n4ry5ecret7d2f8e1b6a9c3d5e7f0a1b2c4d6e8f",
    "code": "1000.c0dec0de11112222c0dec0de33334444.c0dec0de55556666c0dec0de77778888",
    "refresh token": "1000.4ef4e5119999aaaa4ef4e5118888bbbb.4ef4e5117777cccc4ef4e5116666dddd",
    "access token": "1000.acce5500aaaabbbbacce5500ccccdddd.acce5500eeeeffffacce550011112222",
}
GRANT = {"access_token": SECRETS["access token"], "refresh_token": SECRETS["refresh token"], "expires_in": 3600}
DATA_CENTER = DATA_CENTERS["us"]


class Echo:
    """Answers as told, path by path; what it was not told about is granted."""

    def __init__(self, **answers):
        self.answers = answers

    def __call__(self, request):
        for part, answer in self.answers.items():
            if part in request.url:
                return answer if isinstance(answer, Response) else Response(200, {}, json.dumps(answer).encode())
        return Response(200, {}, json.dumps(GRANT).encode())


def flow(transport):
    return LoginFlow("1000.CLIENT", SECRETS["client secret"], data_center=DATA_CENTER, transport=transport)


def exchange(word):
    flow(Echo(token={"error": word})).finish(SECRETS["code"])


def exchange_without_json(word):
    flow(Echo(token=Response(500, {"content-type": word}, b"<p>"))).finish(SECRETS["code"])


def granted_scopes(word):
    return str(flow(Echo(token=GRANT | {"scope": word})).finish(SECRETS["code"]).status())


def refresh(word):
    echo = Echo(token={"error": word})
    connect("1000.CLIENT", SECRETS["client secret"], SECRETS["refresh token"], DATA_CENTER, transport=echo)


def api(body, *, status=400, headers=None):
    echo = Echo(restapi=Response(status, headers or {}, json.dumps(body).encode()))
    connection = flow(echo).finish(SECRETS["code"])
    return connection.request("GET", "/portals/")


def api_code(word):
    api({"error": {"code": word, "message": "no"}})


def api_message(word):
    api({"error": {"code": 6831, "message": word}})


def api_details(word):
    api({"error": {"status_code": "400", "title": "X", "details": [{"message": word, "field_name": word}]}})


def api_status(word):
    api({"error": word}, status=500)


def headers_of_a_response(word):
    return dict(api({"portals": []}, status=200, headers={"x-echo": word, "content-type": "application/json"}).headers)


def kind_of_a_list(word):
    answer = Response(200, {"content-type": f"application/{word}"}, b"x")
    flow(Echo(restapi=answer)).finish(SECRETS["code"]).frame("/portal/1/projects/2/bugs/")


def name_in_a_list(word):
    answer = Response(200, {"content-type": "application/json"}, json.dumps({word: [1]}).encode())
    flow(Echo(restapi=answer)).finish(SECRETS["code"]).frame("/portal/1/projects/2/bugs/")


def account(word):
    echo = Echo(info={"Display_Name": word, "Email": f"{word}@example.com"})
    sign_in = LoginFlow(
        "1000.CLIENT",
        SECRETS["client secret"],
        scopes="AaaServer.profile.READ",
        data_center=DATA_CENTER,
        transport=echo,
    )
    connection = sign_in.finish(SECRETS["code"])
    found = connection.who.wait(10)
    assert isinstance(found, Account)
    return f"{found}{found!r}{connection!r}"


def device(word):
    client = ClientCredentials("1000.CLIENT", SECRETS["client secret"])
    echo = Echo(device={"error": word})
    ShortCode(client, (), DATA_CENTER, data_centers=DATA_CENTERS, transport=echo, connect=connect)


def device_instructions(word):
    client = ClientCredentials("1000.CLIENT", SECRETS["client secret"])
    page = "https://accounts.zoho.com/device"
    answer = {"user_code": f"A\x1b[31m\u202e{word}", "device_code": "d3v1ce-c0de-4711-0815", "verification_url": page}
    echo = Echo(device=answer)
    work = ShortCode(client, (), DATA_CENTER, data_centers=DATA_CENTERS, transport=echo, connect=connect)
    shown = " ".join((*work.instructions, work.user_code, work.page, work.link))
    assert shown.isprintable()
    return shown


ROADS = {
    road.__name__: road
    for road in (
        exchange,
        exchange_without_json,
        granted_scopes,
        refresh,
        api_code,
        api_message,
        api_details,
        api_status,
        headers_of_a_response,
        kind_of_a_list,
        name_in_a_list,
        account,
        device,
        device_instructions,
    )
}


def what_is_shown(road, word):
    """All that a road gives or raises, as a user, a debugger or a log may come to see it."""
    try:
        given = road(word)
    except ZbtError as error:
        fields = {name: value for name, value in vars(error).items() if name != "rows"}
        return "".join(traceback.format_exception(error)) + repr(fields) + str(error) + str(error.args)
    return str(given)


@pytest.fixture(autouse=True)
def secrets_are_held():
    """By whoever signs in; here from the beginning, so that each road is asked about each of them."""
    held = [SecretStr(secret) for secret in SECRETS.values()]
    yield held
    for connection in signed_in.connections():
        connection.client.authorization.forget()


@pytest.mark.parametrize("road", ROADS.values(), ids=ROADS)
@pytest.mark.parametrize("name", SECRETS)
def test_t49_no_road_shows_a_secret_that_the_server_sends_back(road, name):
    """Not the word of an OAuth error, not an API error's texts, not a header, a name, a scope or a short code."""
    assert find_secrets(what_is_shown(road, SECRETS[name]).encode(), {name: SECRETS[name]}) == []


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
def test_t49_no_dress_gets_through_an_error(dress):
    """As it is, encoded, split or cut."""
    secret = SECRETS["client secret"]
    for road in (exchange, api_message, kind_of_a_list, name_in_a_list):
        shown = what_is_shown(road, dress(secret))
        assert find_secrets(shown.encode("utf-8", "replace"), {"it": secret}) == []
        assert dress(secret) not in shown


def test_t09_zohos_own_words_are_still_explained():
    """What is known is not hidden."""
    with pytest.raises(ZbtError, match="invalid_code"):
        exchange("invalid_code")


HELD = {
    "credentials": lambda connection: connection.client.authorization.credentials,
    "keepsake": lambda connection: connection.client.authorization.keepsake(),
    "token": lambda connection: connection.client.authorization._held.token,
    "authorization": lambda connection: connection.client.authorization,
    "client": lambda connection: connection.client,
    "connection": lambda connection: connection,
    "secret": lambda connection: connection.client.authorization.credentials.client_secret,
    "access token": lambda connection: connection.client.authorization.access_token(),
}


def cloudpickled(value):
    import cloudpickle

    return cloudpickle.dumps(value)


def in_a_closure(value):
    import cloudpickle

    return cloudpickle.dumps(lambda: value)


def copied(value):
    import copy

    return copy.copy(value)


def deeply_copied(value):
    import copy

    return copy.deepcopy([value])


@pytest.mark.parametrize("get", HELD.values(), ids=HELD)
@pytest.mark.parametrize("carry", [pickle.dumps, cloudpickled, in_a_closure, copied, deeply_copied])
def test_t46_nothing_that_holds_a_secret_is_carried_out_of_the_kernel(get, carry):
    """Not pickled, not by the value of a closure, not copied."""
    connection = flow(Echo()).finish(SECRETS["code"])
    with pytest.raises(TypeError, match=r"leave the kernel|cannot pickle"):
        carry(get(connection))


@pytest.mark.parametrize("get", HELD.values(), ids=HELD)
def test_t46_dask_makes_no_token_of_a_secret(get):
    """Normalising a value for ``tokenize`` gives a text with everything in it."""
    from dask.base import normalize_token

    connection = flow(Echo()).finish(SECRETS["code"])
    try:
        told = repr(normalize_token((get(connection),)))
    except TypeError:
        return
    assert find_secrets(told.encode(), SECRETS) == []


@pytest.mark.parametrize("get", HELD.values(), ids=HELD)
def test_t46_no_look_at_a_value_shows_a_secret(get):
    """repr, format, vars and dir, as deep as a debugger's list of variables goes."""
    value = get(flow(Echo()).finish(SECRETS["code"]))
    looks = f"{value!r}{vars(value) if hasattr(value, '__dict__') else ''}{dir(value)}"
    if not isinstance(value, str):
        looks += f"{value}{value:>10}" if type(value).__format__ is not object.__format__ else f"{value}"  # type: ignore[comparison-overlap]
    assert find_secrets(looks.encode(), SECRETS) == []
