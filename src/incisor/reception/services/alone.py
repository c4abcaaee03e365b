"""Checking in without the desk: at the kiosk, or by a link on the own phone (REC-2)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic, Device
from incisor.kernel import clock
from incisor.kernel.errors import Refused
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.models import Link
from incisor.messaging.queries import public_address
from incisor.messaging.services import enqueue, make_link, use_link, withdraw_links
from incisor.reception import queries
from incisor.reception.models import KioskTry
from incisor.reception.services.arrivals import check_in
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment
from incisor.visits.enums import ArrivalChannel
from incisor.visits.models import Visit

KIOSK_TRIES, KIOSK_WINDOW = 8, timedelta(minutes=10)
LINK_LASTS = timedelta(minutes=30)


class AtTheDesk(Refused):
    """This is nothing for a machine: somebody at the desk looks at it. It says nothing about anybody."""

    code = "at_the_desk"


class NoAddress(Refused):
    """Patients cannot reach this server, or this patient cannot be written to."""

    code = "no_address"


def _please_to_the_desk() -> AtTheDesk:
    return AtTheDesk(_("Please go to the desk: we will gladly help you there."))


@action(Permission.RECEPTION_WORK)
def check_in_alone(*, by: User, clinic: Clinic, appointment: Appointment, arrival: str, at: datetime) -> Visit:
    """Check in somebody whom nobody at the desk has looked at; only what the table of arrivals allows.

    Who is checked in already gets the same visit again. Raises AtTheDesk.
    """
    arriving = queries.arriving(clinic, appointment, at)
    if arriving.visit is not None and arriving.visit.status in queries.STILL_HERE:
        return arriving.visit
    if not arriving.handling.alone:
        raise _please_to_the_desk()
    return check_in(by=by, appointment=appointment, arrival=arrival, at=at)


@action(Permission.RECEPTION_WORK)
def check_in_by_link(*, by: User, link: Link, at: datetime) -> Visit:
    """Check in by the link on the patient's phone, which opens nothing afterwards. Raises AtTheDesk, LinkGone."""
    appointment = queries.appointment_of_link(link)
    if appointment is None:
        raise _please_to_the_desk()
    use_link(link=link, at=at)
    return check_in_alone(by=by, clinic=link.clinic, appointment=appointment, arrival=ArrivalChannel.LINK, at=at)


@action(Permission.RECEPTION_WORK)
def make_check_in_link(*, by: User, clinic: Clinic, appointment: Appointment, at: datetime) -> tuple[Link, str]:
    """Make a link by which the patient checks in once, within half an hour; the one before it ends.

    Return it with its path. Raises AtTheDesk when nobody is to come now.
    """
    if appointment.status not in EXPECTED or not queries.flow_rules(clinic).link_checkin_is_on:
        raise _please_to_the_desk()
    withdraw_links(clinic=clinic, purpose=LinkPurpose.CHECK_IN, subject_id=appointment.pk, at=at)
    return make_link(
        clinic=clinic,
        purpose=LinkPurpose.CHECK_IN,
        patient=appointment.patient,
        subject_id=appointment.pk,
        lasts=LINK_LASTS,
        at=at,
    )


@action(Permission.RECEPTION_WORK)
def send_check_in_link(*, by: User, appointment: Appointment, at: datetime) -> None:
    """Send the patient a link to check in with. Raises NoAddress, AtTheDesk."""
    clinic = appointment.clinic
    address = public_address(clinic)
    if not address:
        raise NoAddress(_("Patients cannot reach this server yet: enter its public address in the message settings."))
    link, path = make_check_in_link(by=by, clinic=clinic, appointment=appointment, at=at)
    sent = enqueue(
        clinic=clinic,
        patient=appointment.patient,
        template_key="check_in_link",
        key=f"check_in:{link.pk}",
        values={
            "link": f"{address}{path}",
            "time": f"{clock.local(appointment.starts_at, clinic.zone):%H:%M}",
            "until": f"{clock.local(link.expires_at, clinic.zone):%H:%M}",
        },
        expires_at=link.expires_at,
        at=at,
    )
    if sent is None:
        raise NoAddress(_("No message can go to this patient: there is no number, or no messages are wished."))
    record("appointment.check_in_link_sent", subject=appointment, patient_id=appointment.patient_id)


def note_kiosk_try(device: Device, *, at: datetime) -> None:
    """Keep that somebody typed at a kiosk what fits nobody. Not an act of a person: no guard, no audit line."""
    KioskTry.objects.create(device=device, at=at)
