"""Facts that apps tell each other inside one transaction.

A publisher knows nobody; a reaction writes only its own app's rows and never touches the network. If a reaction fails,
the whole action fails with it: there is no event that half happened.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact. Subclasses are frozen dataclasses that hold ids and plain values only."""


class PublishedOutsideTransaction(RuntimeError):
    """An event was published where its reactions could not be undone together with it."""


E = TypeVar("E", bound=Event)
Reaction = Callable[[Any], None]
_reactions: dict[type[Event], list[Reaction]] = defaultdict(list)


def on(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register the decorated function as a reaction to that kind of event."""

    def register(reaction: Callable[[E], None]) -> Callable[[E], None]:
        if reaction not in _reactions[kind]:
            _reactions[kind].append(reaction)
        return reaction

    return register


def publish(event: Event) -> None:
    """Run every reaction to the event, here and now. Raises PublishedOutsideTransaction."""
    if not connection.in_atomic_block:
        raise PublishedOutsideTransaction(type(event).__name__)
    for reaction in _reactions[type(event)]:
        reaction(event)


def reactions_to(kind: type[Event]) -> tuple[Reaction, ...]:
    """Return the reactions registered for a kind of event: for the documentation and its test."""
    return tuple(_reactions[kind])
