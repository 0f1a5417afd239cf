"""What a person sees and types in a notebook: the sign-in card, ``%zbt``, and what they show."""
