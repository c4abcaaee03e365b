"""Pages of the portal."""

from incisor.portal.views.answers import answer, call_me, cancel, confirm, other_time
from incisor.portal.views.door import by_link, unknown

__all__ = ["answer", "by_link", "call_me", "cancel", "confirm", "other_time", "unknown"]
