"""What the place says against a sign-in there, told before it begins."""

from zbt_notebook.notebook import environment

_FAR_SANDBOX = (
    "The sandbox runs on the kernel's machine, which your browser may not reach. This line signs in without it: "
    "%zbt login --sandbox --auto"
)
_OPEN_TO_OTHERS = "Everybody who opens this app works with the sign-in that is made here."


def caveat(*, by_browser_at_the_sandbox: bool) -> str:
    """What the user has to know first; empty where nothing is to be said."""
    if environment.is_open_to_others():
        return _OPEN_TO_OTHERS
    return _FAR_SANDBOX if by_browser_at_the_sandbox and not environment.may_share_the_users_machine() else ""
