"""A fair gate before every write transaction on SQLite.

SQLite's own waiting is a sleep loop: under load one clerk may wait seconds while others pass (measured 5.3 s at 20
clients). Here threads of one process queue in order of arrival; among processes (web and worker) a file lock decides.
"""

import threading
from collections import deque

from filelock import FileLock
from filelock import Timeout as FileLockTimeout

WAIT_SECONDS = 30.0
POLL_SECONDS = 0.002


class GateClosed(Exception):
    """Nobody opened the gate in time: some other process holds the database."""


class _Queue:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: deque[threading.Event] = deque()
        self.busy = False


_queues: dict[str, _Queue] = {}
_queues_lock = threading.Lock()


def _queue(path: str) -> _Queue:
    with _queues_lock:
        return _queues.setdefault(path, _Queue())


class Gate:
    """One connection's way through the gate of one database file. enter() and leave() may be called repeatedly."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._file = FileLock(path, thread_local=False)
        self._inside = False

    def enter(self) -> None:
        """Wait for our turn, at most WAIT_SECONDS. Raises GateClosed."""
        if self._inside:
            return
        queue = _queue(self.path)
        turn: threading.Event | None = None
        with queue.lock:
            if queue.busy or queue.waiting:
                turn = threading.Event()
                queue.waiting.append(turn)
            else:
                queue.busy = True
        if turn is not None and not turn.wait(WAIT_SECONDS):
            with queue.lock:
                if turn in queue.waiting:
                    queue.waiting.remove(turn)
                    raise GateClosed(self.path)
            # our turn came in the very moment that we gave up: take it
        try:
            self._file.acquire(timeout=WAIT_SECONDS, poll_interval=POLL_SECONDS)
        except FileLockTimeout as failure:
            self._next(queue)
            raise GateClosed(self.path) from failure
        except BaseException:
            self._next(queue)
            raise
        self._inside = True

    def leave(self) -> None:
        """Let the next one in."""
        if not self._inside:
            return
        self._inside = False
        try:
            self._file.release()
        finally:
            self._next(_queue(self.path))

    @staticmethod
    def _next(queue: _Queue) -> None:
        with queue.lock:
            if queue.waiting:
                queue.waiting.popleft().set()  # busy stays: it is handed over
            else:
                queue.busy = False
