"""``%zbt use`` with the notebook's values."""

import pytest

from zbt_notebook import UsageError
from zbt_notebook.client import signed_in

BUGS = "/portal/{portal}/projects/{project}/bugs/"


@pytest.mark.usefixtures("connection")
def test_a_loop_goes_from_project_to_project(run, zbt, console):
    """By name or by id; the loop's variable is meant, though the context has one of that name."""
    zbt("use portal=brightwater project='Harbor Web'")
    counts = run(
        "counts = {}\n"
        "for project in ('Payments', 'Harbor Web', 404170000000040003):\n"
        "    %zbt use project={project}\n"
        f"    bugs = %zbt {BUGS} --all\n"
        "    counts[project] = len(bugs)\n"
        "counts"
    )
    assert counts["Payments"] != counts["Harbor Web"] == counts[404170000000040003]
    assert console.atlas(signed_in.current()).context.project.name == "Harbor Web"


@pytest.mark.usefixtures("connection")
def test_what_is_not_there_is_told(zbt, shell):
    """The name that is meant, or the project of that name; an empty value is no wish to forget it."""
    shell.user_ns |= {"wanted": "Paymnts", "nothing": None}
    zbt("use portal=brightwater")
    with pytest.raises(UsageError, match="nothing is called 'wnted'"):
        zbt("use project={wnted}")
    with pytest.raises(UsageError, match="there is no project 'Paymnts'"):
        zbt("use project={wanted}")
    with pytest.raises(UsageError, match="is empty"):
        zbt("use project={nothing}")
