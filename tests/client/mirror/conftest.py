"""What is mirrored is the portal that the lists' tests pull."""

from tests.client.lists.conftest import world

__all__ = ["world"]
