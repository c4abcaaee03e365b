"""Pages of the portal."""

from incisor.portal.views.door import by_link, unknown

__all__ = ["by_link", "unknown"]
