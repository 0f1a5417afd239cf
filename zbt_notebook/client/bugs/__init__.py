"""Bugs by the words of the field: chosen and changed by names, alike in both APIs."""
