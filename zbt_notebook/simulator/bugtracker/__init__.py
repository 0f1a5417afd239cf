"""The simulated Zoho BugTracker: the classic API, and as much of V3 as is known."""

from zbt_notebook.simulator.bugtracker.tracker import BugTracker

__all__ = ["BugTracker"]
