"""Zoho BugTracker's REST API: its catalogue, its dialect, its pages, and the client that calls it."""
