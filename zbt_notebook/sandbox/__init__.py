"""A simulated Zoho for tests, demos and learning: accounts and BugTracker, with a clock and faults one can steer."""

from zbt_notebook.sandbox.clock import Clock
from zbt_notebook.sandbox.running import Sandbox
from zbt_notebook.sandbox.switches import Switches
from zbt_notebook.sandbox.world import World

__all__ = ["Clock", "Sandbox", "Switches", "World"]
