"""The data set of the sandbox: rows, and how they are made from a seed."""

from zbt_notebook.simulator.data.generate import Dataset, generate

__all__ = ["Dataset", "generate"]
