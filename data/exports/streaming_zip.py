"""A ZIP that leaves while it is being written."""


class DrainingZipTarget:
    """A file for zipfile: bytes written wait to be taken away, and there is no going back in them."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, some: bytes) -> int:
        self._waiting.append(bytes(some))
        return len(some)

    def flush(self) -> None:
        """What a file must have."""

    def drain(self) -> bytes:
        waiting, self._waiting = self._waiting, []
        return b"".join(waiting)
