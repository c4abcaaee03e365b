"""Named places that upper apps fill when the product starts: navigation, commands, panels of the patient page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that stands in a place. order: small first. permission: who sees it, None for everybody signed in.

    or_permission: whoever has this one instead sees it too. is_organisation: held for the whole organisation.
    """

    key: str
    label: Any
    order: int
    permission: str | None = None
    or_permission: str | None = None
    is_organisation: bool = False


@dataclass(frozen=True, kw_only=True)
class Link(Entry):
    """A navigation entry or a command: label, page and icon. group: the heading it stands under."""

    url_name: str
    icon: str = ""
    group: Any = ""
    shortcut: str = ""
    opens: str = (
        "page"  # or "panel": in the side panel; "post": done at once; "act": done at once, the panel shows what next
    )
    words: Any = ""  # further words by which the search finds it, among them pinyin initials


@dataclass(frozen=True, kw_only=True)
class Panel(Entry):
    """A part of another app's page, loaded from url_name with the id of the thing that the page shows.

    group: panels of one group share a tab; without one the panel has a tab of its own. count(clinic, id, at): a small
    number on the tab, what waits there; one query at most. shown(clinic, user): asked besides the permission.
    """

    url_name: str
    icon: str = ""
    group: str = ""
    count: Callable[[Any, Any, Any], int] | None = None
    shown: Callable[[Any, Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something to be done today. line: why or since when; url: where; opens: "panel" or "page"; is_over: past its time."""

    label: str
    url: str
    line: str = ""
    opens: str = "panel"
    is_over: bool = False


@dataclass(frozen=True, kw_only=True)
class DueWork(Entry):
    """A kind of work that today's board shows. find(clinic, user, at): how much there is, and the first few of it.

    url_name: the page with all of it.
    """

    find: Callable[[Any, Any, Any], tuple[int, list[Due]]]
    url_name: str
    icon: str = ""


T = TypeVar("T", bound=Entry)


@dataclass
class Place(Generic[T]):
    """A place that can be filled. Keys are unique within it."""

    name: str
    _entries: dict[str, T] = field(default_factory=dict)

    def add(self, entry: T) -> None:
        self._entries[entry.key] = entry

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._entries.values(), key=lambda entry: (entry.order, entry.key)))


navigation: Place[Link] = Place("navigation")
commands: Place[Link] = Place("commands")
due_work: Place[DueWork] = Place("due_work")
