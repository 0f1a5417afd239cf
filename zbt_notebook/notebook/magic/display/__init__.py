"""What ``%zbt`` shows, as HTML and as text."""
