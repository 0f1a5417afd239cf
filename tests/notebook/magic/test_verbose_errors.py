"""``%xmode Verbose`` prints the variables of every frame, of causes too: none of them shows the token."""

import pytest

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
