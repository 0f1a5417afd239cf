"""Zoho Accounts: who may act for whom, and for how long."""

from zbt_notebook.simulator.accounts.clients import Client
from zbt_notebook.simulator.accounts.front import Accounts, bearer_token
from zbt_notebook.simulator.accounts.grant import DEMO_USER, Grant, User

__all__ = ["DEMO_USER", "Accounts", "Client", "Grant", "User", "bearer_token"]
