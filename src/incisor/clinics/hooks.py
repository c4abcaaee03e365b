"""Places of this app that upper apps fill."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incisor.accounts.access import may
from incisor.accounts.enums import Permission
from incisor.kernel.hooks import Link, Panel, Place

# Further pages of the overview of the settings, for what upper apps need before the first booking.
setup_steps: Place[Link] = Place("clinics.setup_steps")
# Where a kind of device shows itself: key is the DeviceKind, url_name takes the token.
device_pages: Place[Link] = Place("clinics.device_pages")
# What stands in the frame of every page of a clinic that has such a device: key is the DeviceKind.
device_frames: Place[Panel] = Place("clinics.device_frames")
# What stands in the frame of every page: url_name answers with it, "live:help" of the page loads it again.
page_frames: Place[Panel] = Place("clinics.page_frames")
# Further tabs of the settings, beside those of the clinic itself.
settings_tabs: Place[Link] = Place("clinics.settings_tabs")
# The page that lists every booking which no longer fits, whatever the reason; asked with staff=id for one person's.
worklist: Place[Link] = Place("clinics.worklist")
_OWN_TABS = (
    ("settings", _("Overview")),
    ("clinic", _("Clinic")),
    ("rooms", _("Rooms and chairs")),
    ("hours", _("Opening hours")),
    ("closures", _("Closures")),
    ("holidays", _("Public holidays")),
    ("procedures", _("Procedures")),
    ("devices", _("Screens and devices")),
)


def worklist_url() -> str:
    """Return the address of the list of bookings that no longer fit, empty while no app has one."""
    return next((reverse(link.url_name) for link in worklist), "")


def settings_tabs_of(request: Any, here: str) -> list[dict[str, Any]]:
    """Return the tabs of the settings, none for who may not change them. here: the URL name of the one that is open."""
    if not may(request.user, Permission.CLINIC_EDIT, request.clinic.pk):
        return []
    entries: list[tuple[str, Any]] = [(f"clinics:{name}", label) for name, label in _OWN_TABS]
    for tab in settings_tabs:
        if tab.permission is None or may(request.user, tab.permission, request.clinic.pk):
            entries.append((tab.url_name, tab.label))
    if may(request.user, Permission.CLINIC_EDIT, None):
        entries.append(("clinics:organisation", _("Organisation")))
    return [{"url": reverse(name), "label": label, "active": name == here} for name, label in entries]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A booking that a change of hours, chairs or people may hit.

    label: "Pia · Dr. Dana · chair 1";
    url: where to move it. The page writes the time itself.
    """

    label: str
    url: str
    starts_at: datetime
    ends_at: datetime
    chair_id: uuid.UUID
    staff_id: uuid.UUID


class Reason(TextChoices):
    """Why a booking cannot be kept as it stands."""

    CLOSED = "closed", _("The clinic is closed then")
    CHAIR_CLOSED = "chair_closed", _("The chair is closed then")
    CHAIR_BROKEN = "chair_broken", _("The chair is out of order")
    CHAIR_GONE = "chair_gone", _("The chair is no longer in use")
    NOT_ON_DUTY = "not_on_duty", _("The dentist is not on duty then")
    ON_LEAVE = "on_leave", _("The dentist is on leave then")
    STAFF_GONE = "staff_gone", _("The dentist no longer works here")


@dataclass(frozen=True)
class Misfit:
    """A booking that cannot be kept as it stands, and why."""

    hit: Hit
    reason: Reason


# Asked with clinic, start, end (None: without end), chair and staff (None: any; a staff.models.StaffMember).
# Answers with the open bookings that touch that time, by time.
AffectedBy = Callable[..., list[Hit]]
affected_by: list[AffectedBy] = []


def bookings_between(
    clinic: Any, *, start: datetime, end: datetime | None = None, chair: Any = None, staff: Any = None
) -> list[Hit]:
    """Return every booking that touches the time, whoever knows of one, by time."""
    hits = [hit for ask in affected_by for hit in ask(clinic=clinic, start=start, end=end, chair=chair, staff=staff)]
    return sorted(hits, key=lambda hit: (hit.starts_at, hit.label, hit.url))
