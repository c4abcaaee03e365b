"""The browser's session in the database, read by a kept statement: every request reads it."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from incisor.kernel import clock
from incisor.kernel.db.prepared import prepared


class SessionStore(DatabaseStore):
    """Django's own store with a quicker read."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def get_expiry_date(self, **given: Any) -> datetime:
        """Return when the session ends, by the same clock that reads it."""
        return super().get_expiry_date(**{"modification": clock.now(), **given})

    def _get_session_from_db(self) -> Session | None:
        found = _session(self.session_key, clock.now()) if self.session_key else []
        if not found:
            self._session_key = None
            return None
        return found[0]  # type: ignore[no-any-return]


@prepared
def _session(key: str, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)
