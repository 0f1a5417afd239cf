"""A text that is used and never shown: tracebacks and debuggers tell the value of every variable by its repr."""


class SecretStr(str):
    """A secret, equal to its text and usable as it; ``repr`` does not give it away.

    ``%xmode Verbose`` prints the variables of each frame, and those of our own frames as soon as one of our errors is
    the cause of another.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'" if self else "''"
