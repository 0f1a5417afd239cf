"""What each ``%zbt`` line does."""
