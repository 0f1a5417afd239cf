"""``%xmode Verbose`` prints the variables of every frame, of causes too: none of them shows the token."""

import pytest

import zbt_notebook

CALLS = {
    "a line end in a header": "connection.request('GET', '/portals/', headers={'X-A': 'a\\r\\nb'})",
    "beyond Latin-1": "connection.request('GET', '/portals/', headers={'X-A': '\u20ac'})",
    "a bad method": "connection.request('GE T', '/portals/')",
    "half a character": "connection.get('/portals/', {'a': '\\ud800'})",
    "in the session": "connection.session.get(connection.data_center.api_url + '/restapi/x', headers={'Host': 'x'})",
    "a broken connection": "connection.get('/portals/')",
    "a refusal": "connection.get('/portal/1/projects/')",
    "an odd value": "connection.request('POST', '/portals/', data={'a': object()})",
    "on a line": "get_ipython().run_line_magic('zbt', 'GET /portals/')",
}


@pytest.fixture
def broken(connection, site, monkeypatch):
    """Give the connection, with a network that breaks off, or without."""
    monkeypatch.setattr(connection.client, "_sleep", lambda _: None)

    def broken(is_broken):
        if is_broken:
            site.faults.add(path="/restapi/portals/", kind="reset", times=30)
        return connection

    return broken


@pytest.mark.parametrize("mode", ["Verbose"])
@pytest.mark.parametrize("what", CALLS)
def test_no_frame_of_an_error_shows_the_token(what, mode, shell, broken, capsys):
    """Shown alone, as the cause of the user's own error, and while that was handled."""
    connection = shell.user_ns["connection"] = broken(what in {"a broken connection", "on a line"})
    shell.run_line_magic("xmode", mode)
    source = CALLS[what]
    for cell in (
        source,
        f"try:\n    {source}\nexcept Exception as error:\n    raise RuntimeError('mine') from error",
        f"try:\n    {source}\nexcept Exception:\n    raise RuntimeError('mine')",
    ):
        outcome = shell.run_cell(cell)
        assert outcome.error_in_exec is not None
    shown = "".join(capsys.readouterr())
    assert "mine" in shown
    secrets = connection.client.authorization.secrets()
    assert secrets
    for secret in secrets:
        assert secret not in shown
    assert "Zoho-oauthtoken 1" not in shown
    shell.run_line_magic("xmode", "Context")


TOLD = {
    "secret": "c4n4ry5ecret7d2f8e1b6a9c3d5e7f0a1b2c4d6e8f",
    "code": "1000.c0dec0de11112222c0dec0de33334444.c0dec0de55556666c0dec0de77778888",
    "refresh": "1000.4ef4e5119999aaaa4ef4e5118888bbbb.4ef4e5117777cccc4ef4e5116666dddd",
}
SIGN_INS = {
    "a refused refresh token": "zbt.connect('1000.CLIENT', told('secret'), told('refresh'), site.data_center)",
    "an unknown data centre": "zbt.connect('1000.CLIENT', told('secret'), told('refresh'), 'narnia')",
    "a secret in two lines": "zbt.LoginFlow('1000.CLIENT', told('secret') + ' x', data_center=site.data_center)",
    "a bad redirect URI": "zbt.LoginFlow('1000.CLIENT', told('secret'), 'ftp://x', data_center=site.data_center)",
    "a refused code": "flow.finish(told('code'))",
    "a code of another host": "flow.finish('http://evil.test/callback?code=' + told('code'))",
    "a token that is none": (
        "site.faults.add(kind='answer', path='/oauth/v2/token', "
        "body={'access_token': told('refresh'), 'refresh_token': told('code') + chr(10)}); flow.finish(told('code'))"
    ),
    "a refusal that quotes": (
        "site.faults.add(kind='answer', path='/oauth/v2/token', body={'error': 'x', 'what': told('secret')}); "
        "flow.finish(told('code'))"
    ),
}


@pytest.mark.parametrize("what", SIGN_INS)
def test_no_frame_of_a_sign_in_shows_what_was_handed_over(what, shell, site, capsys):
    """Secrets come as plain texts: no frame of ours has them, where the user's own has none."""
    flow = zbt_notebook.LoginFlow("1000.CLIENT", TOLD["secret"], data_center=site.data_center)
    shell.user_ns |= {"zbt": zbt_notebook, "site": site, "told": TOLD.__getitem__, "flow": flow}
    shell.run_line_magic("xmode", "Verbose")
    shell.run_cell(f"try:\n    {SIGN_INS[what]}\nexcept Exception as error:\n    raise RuntimeError('mine') from error")
    shell.run_line_magic("xmode", "Context")
    shown = "".join(capsys.readouterr())
    assert "mine" in shown
    assert "The above exception was the direct cause" in shown
    assert [name for name, secret in TOLD.items() if secret in shown] == []
