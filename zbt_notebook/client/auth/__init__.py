"""Zoho Accounts: data centres, scopes, tokens, and how they are asked for."""
