"""What CONTRIBUTING says of the house is so."""

import re

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PACKAGE = ROOT / "zbt_notebook"


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`((?:client|notebook|simulator)/[\w/.]*)`", TEXT))))
def test_every_place_that_is_named_exists(place):
    """Who wants to change something is sent to a file that is there."""
    assert (PACKAGE / place).exists()


@pytest.mark.parametrize(("place", "name"), re.findall(r"`((?:client|notebook|simulator)/[\w/.]*)` \(`(\w+)`", TEXT))
def test_every_name_beside_a_file_stands_in_it(place, name):
    """Who wants to change something finds the line, too."""
    assert re.search(rf"^(?:def )?{name}\b", (PACKAGE / place).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("folder", ["client", "notebook"])
def test_the_map_shows_every_room(folder):
    """A new folder has a line on the map."""
    rooms = {path.name for path in (PACKAGE / folder).iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert {room for room in rooms if f"{room}/" not in TEXT} == set()
