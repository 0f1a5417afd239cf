"""What may stand on a ``%zbt`` line and in a ``%%zbt`` cell, and what it says."""
