"""Ways out of the house: each adapter is a function that sends one message or raises SendingFailed."""

from collections.abc import Callable
from dataclasses import dataclass


class SendingFailed(Exception):
    """The message did not go out; is_final: trying again is of no use (no such number)."""

    def __init__(self, problem: str, *, is_final: bool = False) -> None:
        super().__init__(problem)
        self.is_final = is_final


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What an adapter gets: plain values only. id: the outbox row's, for the gateway's own protection against doubles."""

    id: str
    channel: str
    address: str
    subject: str
    body: str


Adapter = Callable[[Letter], None]
