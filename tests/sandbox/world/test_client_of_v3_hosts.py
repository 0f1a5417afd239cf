"""The client against a sandbox whose own host has no V3, over sockets."""

import pytest

from zbt_notebook import LoginFlow
from zbt_notebook.notebook.embedded_sandbox import sandbox


@pytest.fixture(scope="module")
def site():
    site = sandbox(projects=1, bugs=10, data_centers=("us", "eu"))
    yield site
    site.stop()


def test_the_embedded_sandbox_tells_its_hosts(site):
    """Of each data centre."""
    assert site.data_center.v3_hosts == site.world.v3_urls("us")
    assert site.data_center.siblings[0].v3_hosts == site.world.v3_urls("eu")


@pytest.mark.parametrize(
    "switches",
    [
        {"v3_at": "projectsapi"},
        {"v3_at": "projects", "v3_absent_as": "404"},
        {"v3_at": "projectsapi", "classic_end": "410"},
    ],
    ids=str,
)
def test_v3_is_found_where_it_is(site, switches):
    """The token goes to the other hosts of the data centre too, and to no further one."""
    site.world.set(
        **{"v3_at": "everywhere", "v3_absent_as": "URL_RULE_NOT_CONFIGURED", "classic_end": "none"} | switches
    )
    flow = LoginFlow(
        site.client_id, site.client_secret, site.redirect_uri, list(site.scopes), data_center=site.data_center
    )
    connection = flow.finish(site.consent(flow.authorization_url))
    assert connection.get("/api/v3/portals")[0]["portal_name"] == "brightwater"
    connection.logout()
