"""Signing in from the cells of a real kernel, the test in the browser's place."""

import urllib.error
import urllib.request

import pytest
from jupyter_client.manager import KernelManager

from tests import ipykernels
from tests.kernel.consenting import consent

CARD = "zbt_notebook.notebook.sign_in.card.LoginCard"
LOGIN = "import zbt_notebook as zbt\n"
RESTORED = """
import asyncio
k = get_ipython().kernel
print("dispatch_shell" in vars(k), type(getattr(k, "_main_asyncio_lock", asyncio.Lock())).__module__,
      [task.get_coro().__name__ for task in asyncio.all_tasks() if task.get_coro().__name__ == "_pump"])
"""


# What of Colab its notebooks' kernels show: a module, which tells where its own widget manager is once that is enabled.
COLAB = """
import sys, types
output = types.ModuleType("google.colab.output")
output._widgets = types.SimpleNamespace(_installed_url=None)
output.enable_custom_widget_manager = lambda: setattr(output._widgets, "_installed_url", "https://manager.example/m.js")
sys.modules |= {"google": types.ModuleType("google"), "google.colab": types.ModuleType("google.colab")}
sys.modules["google.colab.output"] = output
shown = []
get_ipython().display_pub.register_hook(lambda message: [shown.append(message["content"]["metadata"]), message][1])
%load_ext zbt_notebook
"""


def views(kernel, card):
    return [view for view in kernel.custom_messages(card) if view["kind"] == "view"]


def draw(kernel):
    """What a front end does with a new card; its comm."""
    card = kernel.comm(CARD)
    kernel.send(card, {"kind": "hello"})
    kernel.until(lambda: views(kernel, card))
    return card


def sign_in(kernel, card):
    """What a user does with the sandbox's card."""
    kernel.send(card, {"kind": "start", "attempt": views(kernel, card)[-1]["attempt"]})
    kernel.until(lambda: views(kernel, card)[-1]["consent_url"])
    kernel.send(card, {"kind": "code", "code": consent(views(kernel, card)[-1]["consent_url"])})
    kernel.until(lambda: views(kernel, card)[-1]["phase"] == "connected")


@pytest.mark.parametrize("version", ipykernels.VERSIONS)
def test_a_kernel_has_the_version_it_is_named_after(shared_kernel, version):
    """Its ipykernel is that one, its other packages and this project are those of the tests."""
    kernel = shared_kernel(ipykernels.kernel_name(version))
    outcome = kernel.run("import ipykernel, zbt_notebook; print(ipykernel.__version__, zbt_notebook.__file__)")
    found, _, path = outcome.stdout.partition(" ")
    assert version in {ipykernels.NEWEST, found[: len(version)]}
    assert path.strip().startswith(str(ipykernels.ROOT))


def test_run_all_waits_for_the_sign_in(kernel):
    """The awaiting cell ends when the user is connected; only then the next one runs."""
    waiting = kernel.start(LOGIN + "connection = await zbt.login(sandbox=True)\nprint('first')", allow_stdin=True)
    after = kernel.start("print('second', connection.name, zbt.current() is connection)")
    card = draw(kernel)
    assert kernel.cell(after).status == ""
    sign_in(kernel, card)
    assert kernel.wait(waiting).stdout == "first\n"
    assert kernel.wait(after).stdout == "second default True\n"
    assert kernel.run(RESTORED).stdout == "False asyncio.locks []\n"


def test_the_magic_waits_as_well(kernel):
    """`%zbt login --wait` ends with the sign-in."""
    kernel.run("%load_ext zbt_notebook")
    waiting = kernel.start("%zbt login --sandbox --wait 60", allow_stdin=True)
    after = kernel.start("import zbt_notebook as zbt\nprint(zbt.current().data_center.name)")
    sign_in(kernel, draw(kernel))
    assert kernel.wait(waiting).status == "ok"
    assert kernel.wait(after).stdout == "sandbox\n"


IN_ONE_CELL = "%load_ext zbt_notebook\nfor _ in range(1):\n    %zbt login --sandbox --wait 60\nprint('waited')"


@pytest.mark.parametrize("version", ipykernels.VERSIONS)
def test_the_cell_that_loads_the_extension_waits(shared_kernel, version):
    """IPython has decided before that it awaits nothing: the magic waits itself. The next cells keep their order."""
    kernel = shared_kernel(ipykernels.kernel_name(version))
    waiting = kernel.start(IN_ONE_CELL.replace("for _ in range(1):\n    ", ""), allow_stdin=True)
    after = [kernel.start(f"print({number})") for number in range(3)]
    card = draw(kernel)
    assert kernel.cell(after[0]).status == ""
    sign_in(kernel, card)
    assert kernel.wait(waiting).stdout.endswith("waited\n")
    assert [kernel.wait(cell).stdout for cell in after] == [f"{number}\n" for number in range(3)]
    kernel.send(card, {"kind": "hello"})
    assert kernel.run("import zbt_notebook as zbt\nzbt.current().data_center.name").text == "'sandbox'"
    assert kernel.run(RESTORED).stdout == "False asyncio.locks []\n"


@pytest.mark.parametrize("version", ipykernels.VERSIONS)
def test_stop_ends_a_wait_without_await(shared_kernel, version):
    """Indented there is no `await` either: Stop ends it in two lines, and kernel and card go on working."""
    kernel = shared_kernel(ipykernels.kernel_name(version))
    waiting = kernel.start(IN_ONE_CELL, allow_stdin=True)
    card = draw(kernel)
    kernel.interrupt()
    stopped = kernel.wait(waiting)
    assert stopped.error["ename"] == "NotSignedIn"
    assert "the wait for the sign-in was stopped" in stopped.traceback
    sign_in(kernel, card)
    assert kernel.run("import zbt_notebook as zbt\nzbt.current().name").text == "'default'"


def test_colab_draws_the_card_by_its_own_widget_manager(start_kernel):
    """It sends no cell's id, and draws other widgets than ipywidgets' only where their output names its manager."""
    kernel = start_kernel(cell_ids=False)
    kernel.run(COLAB)
    kernel.run("%zbt login --sandbox", allow_stdin=True)
    sign_in(kernel, draw(kernel))
    assert "{'colab': {'custom_widget_manager': {'url': 'https://manager.example/m.js'}}}" in kernel.run("shown").text


def test_a_card_that_is_not_awaited_does_not_wait(kernel):
    """`zbt.login()` shows the card once, ends its cell, and works from then on."""
    shown = kernel.run(LOGIN + "card = zbt.login(sandbox=True)\ncard", allow_stdin=True)
    assert [sorted(bundle) for bundle in shown.results] == [["application/vnd.jupyter.widget-view+json", "text/plain"]]
    assert "--mode prompt" in shown.text
    sign_in(kernel, draw(kernel))
    assert kernel.run("(await card).name").text == "'default'"


def test_a_card_of_an_earlier_cell_can_be_awaited(kernel):
    """The card is shown in one cell and awaited in the next."""
    kernel.run(LOGIN + "card = zbt.login(sandbox=True)", allow_stdin=True)
    card = draw(kernel)
    waiting = kernel.start("(await card).name")
    sign_in(kernel, card)
    assert kernel.wait(waiting).text == "'default'"


def test_two_cards_are_awaited_at_once(kernel):
    """Two sign-ins wait side by side, and end in either order."""
    kernel.run(LOGIN + "cards = [zbt.login(sandbox=True, name=name) for name in ('one', 'two')]", allow_stdin=True)
    waiting = kernel.start(
        "import asyncio\nprint([c.name for c in await asyncio.gather(*(card.connected(60) for card in cards))])"
    )
    for card in reversed([name for name, data in kernel.comms.items() if data["state"].get("_anywidget_id") == CARD]):
        kernel.send(card, {"kind": "hello"})
        kernel.until(lambda card=card: views(kernel, card))
        sign_in(kernel, card)
    assert kernel.wait(waiting).stdout == "['one', 'two']\n"
    assert kernel.run(RESTORED).stdout == "False asyncio.locks []\n"


@pytest.mark.parametrize("version", ipykernels.VERSIONS)
def test_a_wait_that_outlives_its_cell_holds_nobody_up(shared_kernel, version):
    """A cell queued before the wait begins runs while it goes on, and the card connects."""
    kernel = shared_kernel(ipykernels.kernel_name(version))
    kernel.run(LOGIN + "import asyncio\ncard = zbt.login(sandbox=True)", allow_stdin=True)
    # Before the wait begins, the next cell has asked for its turn.
    kernel.start("await asyncio.sleep(0.3)\ntask = asyncio.ensure_future(card.connected(60))\nawait asyncio.sleep(0.1)")
    cells = [kernel.start(f"print({number}, task.done())") for number in range(3)]
    assert [kernel.wait(cell).stdout for cell in cells] == [f"{number} False\n" for number in range(3)]
    sign_in(kernel, draw(kernel))
    assert kernel.run("(await task).name").text == "'default'"
    assert kernel.run("print('on'); 6 * 7").text == "42"
    assert kernel.run(RESTORED).stdout == "False asyncio.locks []\n"


@pytest.mark.parametrize("version", ["7.1", "7.3", ipykernels.NEWEST])
def test_loading_the_extension_repairs_lost_wakeups(start_kernel, version):
    """From %load_ext on, replies go through the stream that reads the socket; the doctor says what to upgrade."""
    kernel = start_kernel(kernel_name=ipykernels.kernel_name(version, repaired=False))
    look = "from zbt_notebook.notebook import ipykernel_repair as r\nprint(r.loses_wakeups(get_ipython().kernel))"
    is_old = version != ipykernels.NEWEST
    assert kernel.run(look).stdout == f"{is_old}\n"
    kernel.run("%load_ext zbt_notebook\n%load_ext zbt_notebook")
    assert kernel.run(look).stdout == "False\n"
    cells = [kernel.start(f"print({number})") for number in range(30)]
    assert [kernel.wait(cell).stdout for cell in cells] == [f"{number}\n" for number in range(30)]
    assert ("upgrade to 7.4" in kernel.run("%zbt doctor").text) is is_old


@pytest.mark.parametrize("version", ["7.1", "7.3"])
def test_a_repair_before_the_start_loses_no_request(version):
    """An extension that IPython's settings load repairs a kernel that has not begun to read: what lies there stays."""
    manager = KernelManager(kernel_name=ipykernels.kernel_name(version))
    manager.start_kernel()
    client = manager.client()
    try:
        client.shell_channel.start()
        client.kernel_info()  # once, long before the kernel reads
        assert client.shell_channel.get_msg(timeout=60)["msg_type"] == "kernel_info_reply"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_stop_ends_the_wait_and_nothing_else(kernel):
    """Stop interrupts; the kernel and the card go on working, and nothing of the waiting is left."""
    waiting = kernel.start(LOGIN + "card = zbt.login(sandbox=True)\nawait card", allow_stdin=True)
    card = draw(kernel)
    kernel.interrupt()
    assert kernel.wait(waiting).status == "error"
    assert kernel.run(RESTORED).stdout == "False asyncio.locks []\n"
    sign_in(kernel, card)
    assert kernel.run("card.connection.name").text == "'default'"


@pytest.mark.parametrize("line", ["--mode prompt --sandbox", "--mode device --client-id 1000.X"])
def test_stop_ends_a_prompt_in_a_cell_that_awaits(kernel, line):
    """`--wait` with a prompt: Stop ends it in two lines, and the kernel goes on."""
    kernel.run("%load_ext zbt_notebook")
    asking = kernel.start(f"%zbt login {line} --wait 60", allow_stdin=True)
    with pytest.raises(AssertionError, match="the test has no answer"):
        kernel.until(lambda: False)
    kernel.interrupt()
    stopped = kernel.wait(asking)
    assert stopped.error["ename"] == "NotSignedIn"
    assert "the prompt was stopped" in stopped.traceback
    assert kernel.run("6 * 7").text == "42"


def test_a_wait_that_is_too_long_says_so(kernel):
    """After the given seconds two lines tell what to do."""
    waiting = kernel.start(LOGIN + "await zbt.login(sandbox=True, wait=1)", allow_stdin=True)
    draw(kernel)
    error = kernel.wait(waiting)
    assert error.error["ename"] == "NotSignedIn"
    assert "within 1 second" in error.traceback
    assert "Finish on the card" in error.traceback


def test_headless_runs_fail_at_once(kernel):
    """Under nbclient and papermill there is no stdin: an error that names the variables, and no card."""
    failed = kernel.run(LOGIN + "zbt.login()", allow_stdin=False)
    assert failed.error["ename"] == "NotSignedIn"
    assert "ZBT_CLIENT_ID" in failed.traceback
    assert not kernel.comms


def test_the_sandbox_signs_in_headless(kernel):
    """The quickstart runs unattended."""
    kernel.run("%load_ext zbt_notebook")
    assert kernel.run("%zbt login --sandbox --auto", allow_stdin=False).status == "ok"
    assert kernel.run("import zbt_notebook as zbt\nzbt.current().data_center.name").text == "'sandbox'"


def test_a_console_is_asked_by_prompts(shared_kernel):
    """`jupyter console` sends no cell ids: link and prompts instead of a card."""
    console = shared_kernel(cell_ids=False)
    outcome = console.run(
        LOGIN + "try:\n    zbt.login(sandbox=True)\nexcept zbt.ZbtError as error:\n    print(error)",
        answers=["Hello, Zoho!"] * 5,
    )
    assert "/oauth/v2/auth?" in outcome.stdout
    assert "5 answers were not right" in outcome.stdout
    assert not console.comms


def test_a_prompt_connects(start_kernel):
    """The code is read unseen; what was typed is in no output and not in the history."""
    console = start_kernel(cell_ids=False)
    console.run(
        LOGIN + "from zbt_notebook.notebook.embedded_sandbox import shared_sandbox\n"
        "from zbt_notebook.notebook.sign_in.sign_in import SignIn\n"
        "import getpass\nsite = shared_sandbox()\nlinks = []\nreal = getpass.getpass"
    )
    # The link is known only once the cell runs, so the kernel itself plays the user who answers this one prompt.
    outcome = console.run(
        "import zbt_notebook.notebook.sign_in.runner as r\nbegun = r.Runner._flow\n"
        "def remember(self, *given):\n    flow = begun(self, *given)\n"
        "    links.append(flow.authorization_url)\n    return flow\n"
        "r.Runner._flow = remember\n"
        "getpass.getpass = lambda prompt: real(prompt) and site.consent(links[-1])\n"
        "connection = zbt.login(sandbox=True)\nprint(connection.name)",
        answers=["typed-by-the-user"],
    )
    assert outcome.stdout.endswith("default\n")
    assert outcome.prompts == ["Code, or the whole address (not shown): "]
    assert "typed-by-the-user" not in outcome.stdout


def test_where_no_front_end_draws_the_card_prompts_take_over(kernel):
    """A notebook without the widget extension never says hello: after some seconds (here a part) the prompt asks."""
    kernel.run(
        "from zbt_notebook.notebook.sign_in import card\nusual, card.DRAWN_WITHIN = card.DRAWN_WITHIN, 0.3", timeout=60
    )
    outcome = kernel.run(
        LOGIN + "try:\n    await zbt.login(sandbox=True)\nexcept zbt.ZbtError as error:\n    print(error)",
        answers=["Hello, Zoho!"] * 5,
    )
    assert kernel.run("card.DRAWN_WITHIN = usual").status == "ok"
    assert "5 answers were not right" in outcome.stdout
    assert kernel.comms


@pytest.mark.holds_secret("the kernel tells its secrets to the test once all else was said")
def test_no_secret_is_in_any_message(kernel):
    """All that the kernel says during a sign-in, to every front end, is free of secrets."""
    waiting = kernel.start(LOGIN + "connection = await zbt.login(sandbox=True)", allow_stdin=True)
    sign_in(kernel, draw(kernel))
    kernel.wait(waiting)
    said = repr(kernel.messages)
    secrets = kernel.run("print(*connection.client.authorization.secrets())").stdout.split()
    assert len(secrets) == 3
    assert not [secret for secret in secrets if secret in said]


APPROVE = "from zbt_notebook.notebook.embedded_sandbox import shared_sandbox\nshared_sandbox().world.approve_device(%r)"


def updates(kernel):
    """What took the place of earlier outputs."""
    return [content["data"] for kind, content in kernel.messages if kind == "update_display_data"]


def test_the_device_flow_runs_while_cells_run(kernel):
    """The short code is shown, cells go on, `wait()` in any cell ends it, and the output loses its link."""
    kernel.run(
        LOGIN + "from zbt_notebook.notebook.embedded_sandbox import shared_sandbox\n"
        "shared_sandbox().world.set(device_interval=1, device_units='seconds')"
    )
    shown = kernel.run("begun = zbt.login(mode='device', sandbox=True)", allow_stdin=True)
    assert "Waiting for your consent" in shown.text
    code = shown.text.partition("short code ")[2].split()[0]
    assert code in shown.results[-1]["text/html"]
    kernel.run(APPROVE % code)
    assert kernel.run("begun.wait().name").text == "'default'"
    kernel.until(lambda: updates(kernel))
    last = updates(kernel)[-1]
    assert "Connected" in last["text/html"]
    assert code not in repr(last)
    assert "href" not in last["text/html"]


def test_run_all_waits_for_the_loopback(kernel):
    """Awaited, the loopback sign-in ends its cell when the browser has come back to this machine."""
    kernel.run(
        LOGIN + "import socket\nwith socket.socket() as probe:\n    probe.bind(('127.0.0.1', 0))\n"
        "    uri = f'http://127.0.0.1:{probe.getsockname()[1]}/callback'"
    )
    waiting = kernel.start("c = await zbt.login(mode='loopback', sandbox=True, redirect_uri=uri)", allow_stdin=True)
    after = kernel.start("print(c.name)")
    kernel.until(lambda: kernel.cell(waiting).results)
    link = kernel.cell(waiting).text.splitlines()[1]
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with straight.open(consent(link), timeout=20) as answer:
        assert b"Connected" in answer.read()
    assert kernel.wait(after).stdout == "default\n"


def test_other_ways_fail_at_once_without_a_user(kernel):
    """Headless, the modes that need a client name the variables instead of waiting."""
    for mode in ("prompt", "device", "loopback"):
        failed = kernel.run(f"import zbt_notebook as zbt\nzbt.login(mode={mode!r})", allow_stdin=False)
        assert failed.error["ename"] == "NotSignedIn"
        assert "ZBT_CLIENT_ID" in failed.traceback
