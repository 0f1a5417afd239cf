"""The README's table of fields is the declaration itself."""

from tests.conftest import ROOT
from zbt_notebook.client.lists.fields import FIELDS
from zbt_notebook.client.lists.first_columns import FIRST


def rows():
    """A row a field of bugs, those first with which a frame begins."""
    for one in FIELDS["bugs"]:
        name = f"**`{one.name}`**" if one.name in FIRST["bugs"] else f"`{one.name}`"
        operators = " ".join(f"`{operator}`" for operator in one.operators)
        places = " · ".join(f"`{path}`" for path in one.paths)
        written = "yes" if one.write else "no"
        yield f"| {name} | {one.label} | {one.type} | {operators} | {written} | {places} |"


def test_the_readme_has_every_field_as_it_is_declared():
    """Name, label, type, operators, whether it can be written, and Zoho's own places in either API."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert "\n".join(rows()) in text, "\n".join(rows())
