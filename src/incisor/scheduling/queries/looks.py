"""How somebody likes to see the calendar."""

import uuid

from django.db.models import QuerySet

from incisor.accounts.models import User
from incisor.kernel.db.prepared import prepared
from incisor.scheduling.models import CalendarLook


def look_of(user: User) -> CalendarLook:
    """Return the person's look; the house's own as long as nothing was chosen."""
    found: list[CalendarLook] = _looks(user.pk)
    return found[0] if found else CalendarLook(user=user)


@prepared
def _looks(user_id: uuid.UUID) -> QuerySet[CalendarLook]:
    return CalendarLook.objects.filter(user_id=user_id)
