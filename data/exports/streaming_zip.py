"""A ZIP that is streamed while it is being written."""


class DrainingZipTarget:
    """A write-only file for zipfile, without seeking: bytes written wait until `drain` takes them."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Part of the interface of a file."""

    def close(self) -> None:
        """Part of the interface of a file."""

    def drain(self) -> bytes:
        waiting, self._waiting = self._waiting, []
        return b"".join(waiting)
