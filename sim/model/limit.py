"""What ends a replication that would take too much; in a module of its own, since none with an error can be compiled."""


class LimitError(RuntimeError):
    """A replication that takes more than any may."""
