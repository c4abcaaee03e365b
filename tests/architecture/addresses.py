"""Every address of the product with its guard and its parameters, read from the resolver."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver

from incisor.accounts.enums import SHIPPED, Permission


@dataclass(frozen=True)
class Address:
    """name: "patients:patient"; guard: a permission, "signed_in" or "public"; or_else: permissions that do as well;
    everywhere: needed in the organisation; link: the purpose of the patient's link that opens it, empty for none."""

    name: str
    route: str
    guard: Any
    or_else: tuple[Permission, ...]
    everywhere: bool
    parameters: tuple[str, ...]
    link: str = ""

    def __str__(self) -> str:
        return self.name

    def is_open_to(self, role: str, *, is_everywhere: bool) -> bool:
        """Tell from the guard whether the shipped role may open it."""
        if not isinstance(self.guard, Permission):
            return True
        return bool({self.guard, *self.or_else} & SHIPPED[role]) and (is_everywhere or not self.everywhere)


def addresses(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[Address]:
    """Yield every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route, f"{entry.namespace}:" if entry.namespace else space)
            continue
        view: Callable[..., Any] = entry.callback
        yield Address(
            f"{space}{entry.name}",
            route,
            getattr(view, "__guard__", None),
            getattr(view, "__or_else__", ()),
            bool(getattr(view, "__organisation__", False)),
            tuple(entry.pattern.converters),
            getattr(view, "__link__", ""),
        )


ALL = tuple(addresses())
