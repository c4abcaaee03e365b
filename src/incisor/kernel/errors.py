"""Refusals: what the product says when something is not allowed or not possible."""

from typing import Any


class Refused(Exception):
    """A request that was understood and is refused; the message says what, why and what to do.

    message: for people, translated. code: for tests and scripts, stable. details: plain values for the page.
    """

    code = "refused"
    status = 409

    def __init__(self, message: Any = "", *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """The person lacks the permission in this clinic."""

    code = "not_allowed"
    status = 403


class NotFound(Refused):
    """There is no such thing, or it belongs to another clinic: both look the same from outside."""

    code = "not_found"
    status = 404


class ChangedMeanwhile(Refused):
    """Somebody else changed the same thing first."""

    code = "changed_meanwhile"
    status = 409


class NotReady(Refused):
    """The installation cannot start: wrong schema, missing keys, unwritable folder. One clear sentence."""

    code = "not_ready"
    status = 503
