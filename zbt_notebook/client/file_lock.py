"""A lock on an open file, released when the file is closed. On Windows it does nothing."""

import sys

if sys.platform == "win32":

    def try_lock(handle: int) -> bool:
        """Windows: two processes at once are the user's own affair."""
        return handle >= 0

else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Lock the file for this process, without waiting; False where another one has it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
