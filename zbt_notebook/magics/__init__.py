"""``%zbt`` and ``%%zbt``: the sign-in and the API, a line at a time."""
