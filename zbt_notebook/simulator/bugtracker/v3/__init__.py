"""The part of V3 that is known."""
