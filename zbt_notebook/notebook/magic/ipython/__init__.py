"""Where ``%zbt`` meets IPython: registration, completion, rewritten cells, history."""
