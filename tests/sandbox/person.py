"""Somebody with a browser and a client registered at a world: the shortest way through each flow."""

import html
import json
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from zbt_notebook.simulator.http import Request

FORM = {"content-type": "application/x-www-form-urlencoded"}


class Person:
    def __init__(self, world, client=None):
        self.world = world
        self.client = client or world.client

    def link(self, dc=None, **changes):
        fields = {
            "scope": "ZohoBugTracker.bugs.ALL,ZohoBugTracker.portals.READ",
            "client_id": self.client.client_id,
            "response_type": "code",
            "access_type": "offline",
            "redirect_uri": self.client.redirect_uri,
            "state": "s1",
        } | changes
        query = urlencode({name: value for name, value in fields.items() if value is not None})
        return f"{self.world.accounts_url(dc)}/oauth/v2/auth?{query}"

    def get(self, url, **headers):
        return self.world.handle(Request("GET", url, headers))

    def post(self, path, dc=None, headers=None, **fields):
        url = self.world.accounts_url(dc) + path
        return self.world.handle(Request("POST", url, FORM | (headers or {}), urlencode(fields).encode()))

    def say(self, path, dc=None, **fields):
        return json.loads(self.post(path, dc, **fields).body)

    def code(self, dc=None, **changes):
        return landed(self.world.consent(self.link(dc, **changes)))["code"]

    def credentials(self, **fields):
        return {"client_id": self.client.client_id, "client_secret": self.client.client_secret} | fields

    def exchange(self, code, dc=None, **changes):
        fields = self.credentials(
            grant_type="authorization_code", code=code, redirect_uri=self.client.redirect_uri, **changes
        )
        return self.say("/oauth/v2/token", dc, **fields)

    def sign_in(self, **changes):
        return self.exchange(self.code(**{"prompt": "consent", **changes}))

    def refresh(self, token, dc=None):
        fields = self.credentials(grant_type="refresh_token", refresh_token=token)
        return self.post("/oauth/v2/token", dc, **fields)


def ticket(page):
    """What the forms of a page send along, so that they are taken."""
    return html.unescape(re.findall(r'name="ticket" value="([^"]+)"', page.body.decode())[0])


def landed(address):
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
