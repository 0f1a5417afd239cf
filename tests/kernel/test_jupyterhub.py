"""A real JupyterHub with two users: one redirect URI for both, and their codes never meet."""

import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
import websocket

from tests import NO_COVERAGE
from tests.conftest import ROOT
from tests.free_port import free_port
from zbt_notebook.notebook.jupyter_server import STOP_SECONDS

PROXY = "configurable-http-proxy@5"
# Pages of other kinds and what Lab can do beside, each with its imports.
UNUSED = (
    "jupyter_lsp",
    "jupyter_server_terminals",
    "jupysql_plugin",
    "nbclassic",
    "notebook",
    "voila.server_extension",
)
CONFIG = """
import os, sys
c.JupyterHub.bind_url = "http://127.0.0.1:{port}/hubs/one/"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy!r}
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "a long password"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root", "--debug", *(f"--ServerApp.jpserver_extensions={{name}}=False" for name in {unused})]
c.Spawner.environment = {{"PYTHONPATH": os.environ["PYTHONPATH"]}}
c.JupyterHub.log_level = "DEBUG"
from zbt_notebook.notebook.hub_service import add_to
add_to(c, port={service_port})
"""
WAIT = """
import json, zbt_notebook.notebook.sign_in.jupyter_catcher as jc
from zbt_notebook.notebook.sign_in.catchers import Answer
told = []
catcher = jc.JupyterCatcher.here()
catcher.seen_at({page!r})
state = catcher.state("n" * 43)
def on_redirect(query):
    told.append(query)
    return Answer(True, "Connected", "You can close this tab.")
stop = catcher.start(state, on_redirect, redirect_uri=catcher.redirect_uri)
print(json.dumps([catcher.redirect_uri, state]))
"""


def proxy():
    """The command of the Hub's proxy: installed once, beside the other kernels' packages."""
    folder = ROOT / ".venvs" / "hub-proxy"
    program = folder / "node_modules" / ".bin" / "configurable-http-proxy"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm")
        assert npm, "JupyterHub's proxy is installed by npm, which is not here."
        install = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), PROXY]
        done = subprocess.run(install, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return [str(program)]


class Hub:
    def __init__(self, folder):
        port, hub_port, proxy_port, service_port = (free_port() for _ in range(4))
        self.url = f"http://127.0.0.1:{port}/hubs/one/"
        self.log = folder / "hub.log"
        config = folder / "jupyterhub_config.py"
        config.write_text(
            CONFIG.format(
                port=port,
                hub_port=hub_port,
                proxy_port=proxy_port,
                service_port=service_port,
                proxy=proxy(),
                homes=str(folder / "homes"),
                unused=UNUSED,
            ),
            "utf-8",
        )
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "--config", str(config)],
                cwd=folder,
                env=os.environ
                | NO_COVERAGE
                | {"PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])},  # noqa: PTH120
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def logged(self):
        return self.log.read_text("utf-8", "replace")

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(3 * STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Browser:
    """One user's browser: cookies, and where it lands."""

    def __init__(self, hub, name):
        self.hub, self.name = hub, name
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies), _Remembering(self)
        )
        self.visited = []

    def go(self, address, form=None, **headers):
        """Status, address in the end, text."""
        self.visited = []
        data = form if isinstance(form, bytes) else urllib.parse.urlencode(form).encode() if form else None
        url = urllib.parse.urljoin(self.hub.url, address)
        request = urllib.request.Request(url, data, headers)  # noqa: S310  http, ours
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.url, answer.read().decode()

    @property
    def xsrf(self):
        return {cookie.path: cookie.value for cookie in self.cookies if cookie.name == "_xsrf"}

    def log_in(self):
        self.go("hub/login")
        form = {"username": self.name, "password": "a long password", "_xsrf": self.xsrf["/hubs/one/hub/"]}
        status, _address, text = self.go("hub/login", form)
        assert status == 200, text

    def start_server(self):
        """Have the Hub start this user's server, which goes on while nobody waits for it."""
        status, _address, text = self.go("hub/spawn")
        assert status == 200, text

    def enter_server(self):
        """Wait for the server as the Hub's own page does, by what it tells of the progress, and be signed in there."""
        xsrf = urllib.parse.quote(self.xsrf["/hubs/one/hub/"])
        _status, _address, progress = self.go(f"hub/api/users/{self.name}/server/progress?_xsrf={xsrf}")
        _status, address, text = self.go(f"user/{self.name}/lab")
        entered = (
            urllib.parse.urlsplit(address).path.endswith(f"/user/{self.name}/lab") and "jupyter-config-data" in text
        )
        assert entered, f"no server for {self.name}: {progress}\n{text}\n{self.hub.logged()[-3000:]}"

    def kernel(self):
        """A kernel of this user's server, over the Hub's proxy."""
        base = f"user/{self.name}/"
        path = f"/hubs/one/{base}"
        status, _address, text = self.go(base + "api/kernels", b"{}", **{"X-XSRFToken": self.xsrf[path]})
        assert status == 201, text
        kernel = json.loads(text)["id"]
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies if path.startswith(cookie.path))
        address = f"{self.hub.url}{base}api/kernels/{kernel}/channels".replace("http:", "ws:")
        return Kernel(websocket.create_connection(address, header=[f"Cookie: {cookies}"], timeout=60))


class _Remembering(urllib.request.HTTPRedirectHandler):
    """Notes every address on the way."""

    def __init__(self, browser):
        self.browser = browser

    def redirect_request(self, *request):
        self.browser.visited.append(request[-1])
        return super().redirect_request(*request)


class Kernel:
    def __init__(self, channel):
        self.channel = channel
        self.number = 0

    def run(self, code):
        """What a cell prints."""
        self.number += 1
        name = f"cell-{self.number}"
        header = {"msg_id": name, "msg_type": "execute_request", "session": "s", "username": "", "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.channel.send(json.dumps(message))
        printed = ""
        while True:
            said = json.loads(self.channel.recv())
            if said["parent_header"].get("msg_id") != name:
                continue
            assert said["msg_type"] != "error", said["content"]
            if said["msg_type"] == "stream":
                printed += said["content"]["text"]
            if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
                return printed


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    running = Hub(tmp_path_factory.mktemp("hub"))
    try:
        for _ in range(300):
            if "JupyterHub is now running" in running.logged():
                break
            time.sleep(0.2)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def users(hub):
    """Ada and Bob, each with a browser, a server and a kernel."""
    browsers = [Browser(hub, name) for name in ("ada", "bob")]
    for browser in browsers:
        browser.log_in()
        browser.start_server()  # one after the other: two at once may be given the same port
        browser.enter_server()
    found = {browser.name: (browser, browser.kernel()) for browser in browsers}
    yield found
    for _browser, kernel in found.values():
        kernel.channel.close()


@pytest.mark.timeout(300)
def test_one_redirect_uri_for_two_users(hub, users):
    """Each redirect reaches the kernel that waits for it; another user's browser is refused, and nothing is logged."""
    states = {}
    for name, (_browser, kernel) in users.items():
        uri, states[name] = json.loads(kernel.run(WAIT.format(page=f"{hub.url}user/{name}/lab")))
        assert uri == f"{hub.url}services/zbt/callback"
    codes = {name: f"1000.c0de-of-{name}" for name in users}

    def callback(name):
        return f"{uri}?{urllib.parse.urlencode({'state': states[name], 'location': 'us', 'code': codes[name]})}"

    ada, bob = users["ada"][0], users["bob"][0]
    status, _address, text = ada.go(callback("bob"))
    assert (status, "not one of ada" in text) == (400, True), text
    stranger = Browser(hub, "nobody")
    _status, address, _text = stranger.go(callback("bob"))
    assert "/hub/login" in address
    assert not any("c0de-of" in urllib.parse.unquote(one) for one in stranger.visited)
    assert stranger.go(f"{uri}?code={codes['ada']}&state={states['ada'][:-2]}xx")[0] == 400
    for name, browser in (("bob", bob), ("ada", ada)):
        status, address, text = browser.go(callback(name))
        assert (status, "<h1>Connected</h1>" in text) == (200, True), (status, address, text)
        assert urllib.parse.urlsplit(address).path == f"/hubs/one/user/{name}/zbt/callback"
        assert browser.go(callback(name))[0] == 400
    for name, (_browser, kernel) in users.items():
        (query,) = json.loads(kernel.run("print(json.dumps(told))"))
        assert codes[name] in query
        assert states[name] in urllib.parse.unquote(query)
    log = hub.logged()
    assert "services/zbt" in log
    assert not re.findall("c0de-of-[a-z]+", log)
    assert not [state for state in states.values() if state in urllib.parse.unquote(log)]
