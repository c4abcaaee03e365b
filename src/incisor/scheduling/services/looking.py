"""How a person likes to see the calendar: remembered with the account, so that every screen looks the same."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import own_action
from incisor.accounts.models import User
from incisor.kernel.errors import Refused
from incisor.scheduling.enums import ColoursBy
from incisor.scheduling.models import CalendarLook
from incisor.scheduling.rules import ZOOMS


class NoSuchLook(Refused):
    """The calendar cannot be shown so."""

    code = "no_such_look"


@own_action
def choose_look(
    *,
    by: User,
    zoom_minutes: int | None = None,
    colours_by: str | None = None,
    shows_freed: bool | None = None,
    at: datetime,
) -> CalendarLook:
    """Remember how the person wants the calendar; None leaves as it is. Raises NoSuchLook."""
    given: dict[str, Any] = {"zoom_minutes": zoom_minutes, "colours_by": colours_by, "shows_freed": shows_freed}
    wanted = {name: value for name, value in given.items() if value is not None}
    if wanted.get("zoom_minutes", ZOOMS[0]) not in ZOOMS or wanted.get("colours_by", "status") not in ColoursBy.values:
        raise NoSuchLook(_("The calendar cannot be shown like this. Choose one of the buttons."))
    look, _is_new = CalendarLook.objects.update_or_create(user=by, defaults=wanted)
    return look
