"""Requests as values, and how they go out."""
