"""How much Zoho allows, and what those who spend it together know of each other."""
