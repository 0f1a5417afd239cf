"""The doctor in a real kernel: it knows what a cell of Python raised, and what only the card or a thread met."""

import pytest

from tests.kernel.test_login_in_a_kernel import draw, views


@pytest.fixture
def kernel(start_kernel, site):
    """A kernel that has met an error before `%load_ext`: `zbt.connect` without what it needs."""
    kernel = start_kernel(**site)
    assert kernel.run("import zbt_notebook as zbt\nzbt.connect(client_id='1000.X')").status == "error"
    assert kernel.run("%load_ext zbt_notebook").status == "ok"
    return kernel


def doctor(kernel):
    return " ".join(kernel.run("%zbt doctor").text.split())


def test_an_error_of_each_origin(kernel, sandbox):
    """Before the extension, in a coroutine, on the card, in a thread: each is the last error in its turn."""
    assert "ZBT_CLIENT_SECRET, ZBT_REFRESH_TOKEN are not set" in doctor(kernel)
    kernel.run("import asyncio\nawait asyncio.sleep(0)\nzbt.current('work')")
    told = doctor(kernel)
    assert "you are not signed in" in told
    assert "in a cell" in told
    kernel.run(f"card = zbt.login(redirect_uri={sandbox.redirect_uri!r})\ncard", allow_stdin=True)
    card = draw(kernel)
    client = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    event = {"kind": "start", "attempt": 0, "client_id": client["client_id"], "unseen": ["client_secret"]}
    kernel.send(card, event, [client["client_secret"].encode()])
    kernel.until(lambda: views(kernel, card)[-1]["consent_url"])
    kernel.send(card, {"kind": "code", "unseen": ["code"]}, [b"1000." + b"0" * 32 + b"." + b"1" * 32])
    kernel.until(lambda: views(kernel, card)[-1]["failed"])
    told = doctor(kernel)
    assert "Zoho does not take this code (invalid_code)" in told
    assert "during a sign-in" in told
    assert "Codes are short-lived" in told
    device = sandbox.world.demo_client("device")
    begun = kernel.run(
        f"begun = zbt.login(mode='device', client_id={device.client_id!r})", answers=[device.client_secret]
    )
    sandbox.world.approve_device(begun.text.partition("short code ")[2].split()[0], accept=False)
    kernel.run("begun._ended.wait(20)")
    assert "consent was refused (access_denied)" in doctor(kernel)
    kernel.run("try:\n    zbt.current('work')\nexcept zbt.NotSignedIn:\n    pass")
    assert "consent was refused (access_denied)" in doctor(kernel)
