"""What a kernel says, writes and shows, searched for every secret the sandbox ever gave or took."""

import json
import os
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.free_port import free_port
from tests.kernel.test_login_in_a_kernel import consent, draw, views
from tests.leaks.find_secrets import find_secrets

MODES = ("Plain", "Context", "Minimal", "Verbose")
# Everything a user may have switched on to see what happens.
LOGS = """
import http.client, logging, os, sys
os.environ |= {site!r}
http.client.HTTPConnection.debuglevel = 1
logging.basicConfig(level=logging.DEBUG, filename="debug.log", force=True)
for name in ("urllib3", "requests", "traitlets", "asyncio", "zbt_notebook", "anywidget", "ipywidgets", "comm"):
    logging.getLogger(name).setLevel(logging.DEBUG)
kernel = get_ipython().kernel
for logger in {{kernel.log, kernel.parent.log, logging.getLogger("IPKernelApp")}}:
    logger.setLevel(logging.DEBUG)
    for handler in [one for one in logger.handlers if isinstance(one, logging.FileHandler)]:
        logger.removeHandler(handler)  # of the test before
        handler.close()
    logger.addHandler(logging.FileHandler("kernel.log"))
import zbt_notebook as zbt
%load_ext zbt_notebook
%xmode Context
"""
# The text of everything of ours that can be reached by names without an underscore, from what a user holds.
REACH = """
def look(thing, name):
    try:
        return getattr(thing, name, None)
    except Exception:
        return None
def texts_of(thing, seen, depth=0):
    ours = type(thing).__module__.startswith("zbt_notebook") and not isinstance(thing, str)
    if depth > 6 or id(thing) in seen or not ours:
        return
    seen[id(thing)] = thing
    for text in (repr, str, "{}".format, ascii):
        yield text(thing)
    yield repr(getattr(thing, "__dict__", ""))
    yield repr([look(thing, name) for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())
                if not isinstance(look(thing, name), str)])
    for name in dir(thing):
        if not name.startswith("_"):
            value = look(thing, name)
            if not isinstance(value, str):
                yield repr(value)
            yield from texts_of(value, seen, depth + 1)
seen = {}
held = [value for name, value in list(globals().items()) if not name.startswith("_")]
print(*(text for thing in held for text in texts_of(thing, seen)), sep="\\n")
print(sorted({type(thing).__name__ for thing in seen.values()}))
"""
TRACES = """
%whos
%history
print(In, Out)
"""


class Watch:
    """A kernel, its sandbox, and everything that either leaves behind."""

    def __init__(self, kernel, sandbox, site, folder):
        self.kernel = kernel
        self.sandbox = sandbox
        self.folder = folder
        begun = kernel.run(LOGS.format(site=site))
        assert begun.status == "ok", begun

    def run(self, code, **more):
        return self.kernel.run(code, **more)

    def leaks(self):
        """Where a secret is, by artefact; an empty dict is the fact that these tests show."""
        reached = self.run(REACH)
        assert reached.status == "ok", reached
        assert self.run(TRACES).status == "ok"
        self.run("get_ipython().history_manager.writeout_cache()")
        said = json.dumps(self.kernel.messages, default=repr).encode()
        history = Path(os.environ["IPYTHONDIR"], "profile_default").glob("history.sqlite*")
        artefacts = {"messages": said} | {path.name: path.read_bytes() for path in (*history, *self.logs)}
        assert len(artefacts) >= 4
        assert b"%load_ext zbt_notebook" in b"".join(artefacts.values())
        found = {name: find_secrets(content, self.sandbox.world.secrets) for name, content in artefacts.items()}
        return {name: leaks for name, leaks in found.items() if leaks}

    @property
    def logs(self):
        return [self.folder / "debug.log", self.folder / "kernel.log"]

    def calls(self, modes=MODES[-1:]):
        """Calls that succeed and calls that fail, told in the way that shows most, or in every way that IPython can."""
        assert self.run("zbt.current().get('/portals/')").status == "ok"
        for mode in modes:
            self.run(f"%xmode {mode}")
            for failing in FAILING_CALLS:
                assert self.run(failing).status == "error", failing
        self.run("%xmode Verbose")
        self.sandbox.faults.add(kind="reset", path="/restapi/portals/", times=3)
        assert "Unreachable" in self.run(CHAINED).traceback
        assert not self.sandbox.faults.active


# A chained exception is shown with every frame of its cause, and in Verbose with the values in them.
CHAINED = (
    "try:\n    zbt.current().get('/portals/')\nexcept zbt.ZbtError as error:\n    raise ValueError('mine') from error"
)
FAILING_CALLS = (
    "%zbt GET /portal/1/",
    "connection = zbt.current(); connection.get('/portal/1/')",
    CHAINED.replace("portals", "portal/1"),
    "zbt.current().request('GET', '/portals/', params=5)",
    "zbt.current().session.get('http://127.0.0.1:1/')",
    "session = zbt.current().session\nsession.get(zbt.current().data_center.api_url + '/restapi/portals/').json()['x']",
    "list(zbt.current().rows('/portal/1/projects/'))[0]",
)


@pytest.fixture
def here(kernel, sandbox, site, tmp_path):
    """A kernel that has forgotten other tests, whose own data centre is this test's sandbox."""
    return Watch(kernel, sandbox, site, tmp_path)


@pytest.mark.holds_secret("it is planted")
def test_what_is_said_aloud_is_found(here):
    """The search is no formality: a secret in an output, a log, a repr or the history is found where it is."""
    secret = here.sandbox.client_secret
    here.run(f"canary = {secret!r}")
    here.run("logging.getLogger('urllib3').debug('%s', canary)")
    found = here.leaks()
    assert {"messages", "history.sqlite", "debug.log", "kernel.log"} <= found.keys()


def test_the_card(here):
    """Wrong secret, wrong code, right code, calls, refresh, sign-out: nothing is left of any of them."""
    kernel, sandbox = here.kernel, here.sandbox
    here.run(f"card = zbt.login(redirect_uri={sandbox.redirect_uri!r})", allow_stdin=True)
    card = draw(kernel)

    def start(secret):
        event = {"kind": "start", "attempt": views(kernel, card)[-1]["attempt"], "client_id": sandbox.client_id}
        send_unseen(kernel, card, event, client_secret=secret)
        kernel.until(lambda: views(kernel, card)[-1]["consent_url"])

    def paste(code, phase):
        seen = len(views(kernel, card))
        send_unseen(kernel, card, {"kind": "code"}, code=code)
        kernel.until(
            lambda: [view for view in views(kernel, card)[seen:] if not view["busy"] and view["phase"] == phase]
        )

    wrong = "wrong-secret-" + "f3c9" * 8
    here.sandbox.world._seen[wrong] = "the wrong secret"
    start(wrong)
    assert here.leaks() == {}
    paste(consent(views(kernel, card)[-1]["consent_url"]), "form")
    start(sandbox.client_secret)
    paste("an essay", "waiting")
    paste(consent(views(kernel, card)[-1]["consent_url"]), "connected")
    assert here.leaks() == {}
    here.calls(MODES)
    kernel.send(card, {"kind": "refresh"})
    kernel.until(lambda: "new access token" in views(kernel, card)[-1]["note"])
    assert here.leaks() == {}
    kernel.send(card, {"kind": "sign_out"})
    kernel.until(lambda: views(kernel, card)[-1]["phase"] == "form")
    assert here.leaks() == {}


def send_unseen(kernel, card, content, **secrets):
    """What the card's front end does with what must be in no log: it goes as bytes beside the message."""
    kernel.send(card, content | {"unseen": list(secrets)}, [secret.encode() for secret in secrets.values()])


def test_the_prompt(here):
    """The secret and the code, typed unseen, wrong ones too."""
    line = f"zbt.login(mode='prompt', client_id={here.sandbox.client_id!r}, redirect_uri={here.sandbox.redirect_uri!r})"
    for mode in MODES:
        here.run(f"%xmode {mode}")
        failed = here.run(line, answers=[here.sandbox.client_secret, *["1000." + "0" * 32 + "." + "1" * 32] * 5])
        assert failed.error["ename"] == "SignInRejected"
    here.sandbox.world._seen["1000." + "0" * 32 + "." + "1" * 32] = "the wrong code"
    assert here.leaks() == {}


def loopback(here):
    uri = f"http://127.0.0.1:{free_port()}/callback"
    client = here.sandbox.world.register_client("Loopback", redirect_uri=uri)
    line = f"begun = zbt.login(mode='loopback', client_id={client.client_id!r}, redirect_uri={uri!r})"
    shown = here.run(line, answers=[client.client_secret])
    assert here.leaks() == {}
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with straight.open(consent(shown.text.splitlines()[1]), timeout=20) as answer:
        assert b"Connected" in answer.read()


def device(here):
    client = here.sandbox.world.demo_client("device")
    shown = here.run(
        f"begun = zbt.login(mode='device', client_id={client.client_id!r})", answers=[client.client_secret]
    )
    assert here.leaks() == {}
    here.sandbox.world.approve_device(shown.text.partition("short code ")[2].split()[0])


@pytest.mark.parametrize("begin", [loopback, device])
def test_the_ways_that_go_on_in_the_background(here, begin):
    """While they wait, once they are connected, and after a call that fails; other calls: see the card."""
    begin(here)
    assert here.run("begun.wait().name").text == "'default'"
    here.run("%xmode Verbose")
    assert here.run(FAILING_CALLS[2]).status == "error"
    assert here.leaks() == {}


def test_a_session_that_zoho_has_ended(here):
    """The user presses Revoke Access: the refusal of the refresh is told in every mode without any token."""
    loopback(here)
    assert here.run("begun.wait().name").text == "'default'"
    for client in list(here.sandbox.world.accounts.state.clients.values()):
        here.sandbox.world.disconnect(client)
    for mode in MODES:
        here.run(f"%xmode {mode}")
        for failing in ("%zbt GET /portals/", "zbt.current().refresh()"):
            assert "SignInRejected" in here.run(failing).traceback
        assert ("SignInRejected" in here.run(CHAINED).traceback) is (mode != "Minimal")
    assert here.leaks() == {}


def test_a_call_that_is_stopped(here):
    """Stop in the middle of a call shows where it was in every mode, and none of what it held."""
    loopback(here)
    assert here.run("begun.wait().name").text == "'default'"
    for mode in MODES:
        here.run(f"%xmode {mode}")
        here.sandbox.faults.add(kind="hang", path="/restapi/portals/")
        asked = here.sandbox.world.log.total
        calling = here.kernel.start("zbt.current().get('/portals/')")
        here.kernel.until(lambda asked=asked: here.sandbox.world.log.total > asked)
        here.kernel.interrupt()
        assert here.kernel.wait(calling).error["ename"] == "KeyboardInterrupt"
    assert here.leaks() == {}


@pytest.mark.holds_secret("ZBT_CLIENT_SECRET is how this kernel is told its secret")
def test_variables(start_kernel, sandbox, site, tmp_path):
    """Secrets that come from the environment stay there; a wrong one is told without being quoted."""
    world = sandbox.world
    code = world.generate_code()
    client = world.demo_client("self")
    kernel = start_kernel(ZBT_CLIENT_ID=client.client_id, ZBT_CLIENT_SECRET=client.client_secret)
    here = Watch(kernel, sandbox, site, tmp_path)
    connected = here.run(
        "import getpass, os\nclient = os.environ['ZBT_CLIENT_ID'], os.environ['ZBT_CLIENT_SECRET']\n"
        "flow = zbt.LoginFlow(*client, 'http://localhost:8000/', ['ZohoBugTracker.portals.READ'])\n"
        "del client\nconnection = flow.finish(getpass.getpass())",
        answers=[code],
    )
    assert connected.status == "ok", connected
    here.calls()
    refresh_token = next(iter(world.accounts.state.tokens.refresh_tokens))
    here.run("os.environ['ZBT_REFRESH_TOKEN'] = getpass.getpass()", answers=[refresh_token])
    assert here.run("zbt.login(mode='env', name='unattended')").status == "ok"
    here.run("os.environ['ZBT_REFRESH_TOKEN'] = getpass.getpass()[::-1]", answers=[refresh_token])
    for mode in MODES:
        here.run(f"%xmode {mode}")
        assert here.run("zbt.login(mode='env', name='wrong')\nzbt.current('wrong').get('/portals/')").status == "error"
    world._seen[refresh_token[::-1]] = "the wrong refresh token"
    assert here.leaks() == {}
