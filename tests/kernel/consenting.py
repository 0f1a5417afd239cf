"""The consent on the sandbox, given from outside of the kernel that asks for it."""

import re
import urllib.error
import urllib.request

import pytest


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


def link_in(said):
    """The link that was printed for whoever signs in."""
    return re.findall(r"http\S+/oauth/v2/auth\?\S+", said)[0]


def consent(link):
    """Press Accept, and give the address on which the browser ends."""
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Unfollowed)
    asked = urllib.request.Request(link, headers={"Sandbox-Consent": "accept"})  # noqa: S310  http, the sandbox's
    with pytest.raises(urllib.error.HTTPError) as landed:
        straight.open(asked, timeout=20)
    with landed.value as answer:
        return answer.headers["Location"]
