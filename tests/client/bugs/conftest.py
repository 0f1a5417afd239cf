"""Bugs are found and written in the portal that the lists' tests pull."""

from tests.client.lists.conftest import connection, forgetful_kernel, store, wire, world

__all__ = ["connection", "forgetful_kernel", "store", "wire", "world"]
