"""The ways to sign in: the card, the prompt, and those that need nothing pasted."""
