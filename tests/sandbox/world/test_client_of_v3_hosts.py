"""The client against a sandbox whose own host has no V3, over sockets."""

import pytest

import zbt_notebook as zbt
from zbt_notebook import LoginFlow
from zbt_notebook.client.errors import ApiError, Unreachable
from zbt_notebook.client.mirror import mirror
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


@pytest.mark.parametrize("way", ["401", "404", "410", "400", "403", "redirect", "dead"])
def test_every_way_of_being_off_leads_to_v3(site, tmp_path, way):
    """Over sockets: the first pull, a pull anew of what came before, one bug, the mirror; a path says V3's line.

    A port cannot be a dead name: it takes the connection and hangs up, which is taken for the same.
    """
    site.world.set(v3_at="everywhere", v3_absent_as="URL_RULE_NOT_CONFIGURED", classic_end="none")
    site.clock.advance(700)  # Zoho gives a client ten codes in ten minutes
    flow = LoginFlow(
        site.client_id, site.client_secret, site.redirect_uri, list(site.scopes), data_center=site.data_center
    )
    connection = flow.finish(site.consent(flow.authorization_url))
    connection.client._sleep = lambda _seconds: None
    store = site.world.bugtracker().store
    bugs = f"/portal/brightwater/projects/{next(iter(store.projects)).id}/bugs/"
    by_path = connection.frame(bugs)
    before = connection.pull("bugs", progress=False)
    mirror(tmp_path, "bugs", connection=connection, progress=False)
    site.world.set(classic_end=way)
    with pytest.raises((ApiError, Unreachable), match="classic API is off here"):
        connection.get(bugs)
    again = zbt.refetch(by_path)
    assert sorted(again["id"]) == sorted(by_path["id"])
    after = zbt.refetch(before)
    assert after.attrs["zbt"]["api"] == "v3"
    assert sorted(after["id"]) == sorted(before["id"])
    assert len(connection.pull("comments", progress=False)) == sum(len(store.comments.of(bug.id)) for bug in store.bugs)
    kept = mirror(tmp_path, "bugs", connection=connection, progress=False)
    assert sorted(kept.frame(["id"])["id"]) == sorted(before["id"])
    bug = connection.bug(before["key"].iloc[0])
    bug.update(title=f"Written after {way}")
    assert store.bugs.get(int(bug.id)).title == f"Written after {way}"
    assert connection.client.classic_is_off
    connection.logout()
