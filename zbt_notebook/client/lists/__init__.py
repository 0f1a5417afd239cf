"""Pulls a kind of thing out of many projects at once: planned, within the limits, complete, and resumable."""
