"""What a person sees and types in a notebook: the sign-in card, ``%zbt``, and what they show."""


def install() -> None:
    """Have the client speak and draw as a notebook does: hints in the words of ``%zbt``, a bar, ``df.zbt``.

    Called when somebody first uses the package by its front door, or ``%zbt``. Twice does no harm.
    """
    from zbt_notebook.notebook import frame_actions, hints, progress_bar

    hints.install()
    frame_actions.install()
    progress_bar.install()
