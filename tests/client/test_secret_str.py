"""Secrets as variables: used as what they are, and told by no repr."""

import json

from zbt_notebook.client.auth.oauth import ClientCredentials, Token
from zbt_notebook.client.secret_str import SecretStr


def test_it_is_its_text_and_shows_nothing():
    """Equal, joined, encoded, formatted into a header; its repr, in a container too, is not it."""
    secret = SecretStr("canary")
    assert secret == "canary"
    assert f"Zoho-oauthtoken {secret}" == "Zoho-oauthtoken canary"
    assert json.dumps([secret]) == '["canary"]'
    assert "canary" not in f"{secret!r} {[secret]} { ({'x': secret}) }"
    assert repr(SecretStr("")) == "''"


def test_what_holds_secrets_holds_them_unshown():
    """Whoever takes one out of a token or a client into a variable keeps it unshown."""
    token, client = Token("canary-of-an-access", "canary-of-a-refresh"), ClientCredentials("id", "canary-of-a-client")
    assert {type(text) for text in (token.access_token, token.refresh_token, client.client_secret)} == {SecretStr}
