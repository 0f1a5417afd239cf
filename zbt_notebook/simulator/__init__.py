"""A simulated Zoho for tests, demos and learning: accounts and BugTracker, with a clock and faults one can steer."""

from zbt_notebook.simulator.clock import Clock
from zbt_notebook.simulator.running import Sandbox
from zbt_notebook.simulator.switches import Switches
from zbt_notebook.simulator.world import World

__all__ = ["Clock", "Sandbox", "Switches", "World"]
