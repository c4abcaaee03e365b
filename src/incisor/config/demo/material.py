"""The demo's ingredients and its dice: everything drawn comes from one seeded generator."""

import json
import random
import uuid
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from incisor.kernel.ids import uuid7_at

T = TypeVar("T")


@cache
def load(name: str, package: str = "incisor.config.demo") -> Any:
    """Return the content of a data file."""
    return json.loads(resources.files(package).joinpath(f"{name}.json").read_text(encoding="utf-8"))


class Dice:
    """A seeded generator with the few throws that the demo needs."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._tick = 0

    def key(self, at: datetime) -> uuid.UUID:
        """Return the next UUIDv7 of that moment: the same seed gives the same keys, in order of time."""
        self._tick += 1
        bits = (self._tick & 0xFFF) << 62 | self.random.getrandbits(62)
        return uuid7_at(milliseconds=int(at.timestamp() * 1000), random=bits)

    def one(self, options: list[T]) -> T:
        return self.random.choice(options)

    def weighted(self, options: list[dict[str, Any]]) -> dict[str, Any]:
        return self.random.choices(options, weights=[option["weight"] for option in options])[0]

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def between(self, low: int, high: int) -> int:
        return self.random.randint(low, high)
