"""Sets the stage of a race inside an installation: dentists, chairs, people at the desk, patients, money to be taken.

Runs in a process of the installation (`site.python`), so it may use the product's own modules and the factories.
"""

from datetime import UTC, datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore

from incisor.accounts.gatekeeping import HASH_KEY, SESSION_KEY
from incisor.accounts.models import SignIn, User
from incisor.billing.models import Price
from incisor.billing.services import bill_for_visit
from incisor.clinics.models import Chair, Clinic, Organisation, Procedure
from incisor.kernel.clock import local
from incisor.kernel.spans import minute_of
from incisor.patients.models import Patient
from incisor.scheduling.queries import free_slots
from incisor.scheduling.rules import need_of
from incisor.staff.queries import dentists as dentists_of
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.billing import make_treatment
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff
from tests.factories.visits import make_visit
from tests.race.inspection import AS_A_ROW

DENTISTS, CLERKS, PATIENTS = 7, 20, 40
PROCEDURE = "exam_recall"


def set_up(days=5):
    """Write everybody, and return what clients need to know. It is mid-morning in the clinic, whatever the time here."""
    clinic, at = Clinic.objects.get(), datetime.now(UTC)
    clinic.zone = _zone_of_mid_morning(at)
    clinic.save(update_fields=["zone"])
    Organisation.objects.update(zone=clinic.zone)
    Price.objects.update(valid_from=(at - timedelta(days=2)).date())  # they were written by the day of the former zone
    for number in range(DENTISTS):
        chair = make_chair(clinic=clinic, name=f"{number + 1}号椅", position=number)
        dentist = make_staff(clinic=clinic, name=f"医生{number + 1}", number=f"D{number + 1}", chair=chair)
        make_roster(staff=dentist, clinic=clinic, weekdays=range(7))
    first = make_user(username="clerk0", name="前台0", roles=["receptionist"], clinic=clinic, password=PASSWORD)
    for number in range(1, CLERKS):
        clerk = make_user(username=f"clerk{number}", name=f"前台{number}", roles=["receptionist"], clinic=clinic)
        User.objects.filter(pk=clerk.pk).update(password=first.password)
    for number in range(PATIENTS):
        make_patient(
            clinic=clinic, name=f"病人{number}", file_number=f"T{number:06}", phone=f"137{number:08}", born_on=None
        )
    return {
        "clerks": [f"clerk{number}" for number in range(CLERKS)],
        "password": PASSWORD,
        "sessions": [_session_of(User.objects.get(username=f"clerk{number}"), at) for number in range(CLERKS)],
        "patients": [str(one.pk) for one in Patient.objects.order_by("file_number")],
        "procedure": str(_procedure().pk),
        "times": times(days),
        "zone": clinic.zone,
    }


def _zone_of_mid_morning(at):
    offset = (10 - at.hour + 12) % 24 - 12
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"  # Etc/GMT-8 is eight hours ahead


def _session_of(user, at):
    """Return the key of a session as the sign-in page leaves it, for tests of what comes after."""
    here = SignIn.objects.create(user=user, origin="127.0.0.1", agent="test", began_at=at, seen_at=at)
    session = SessionStore()
    session[SESSION_KEY], session[HASH_KEY] = str(here.pk), user.get_session_auth_hash()
    session.create()
    return session.session_key


def _procedure():
    return Procedure.objects.get(code=PROCEDURE)


def times(days):
    """Return for each half hour in which all dentists are free their slots as buttons send them, from tomorrow on."""
    clinic, at = Clinic.objects.get(), datetime.now(UTC)
    tomorrow = local(at, clinic.zone).date() + timedelta(days=1)
    slots = free_slots(
        clinic, dentists=dentists_of(clinic), need=need_of([_procedure()], minutes=30), first=tomorrow, days=days, now=at,
        step=30,
    )  # fmt: skip
    by_minute = {}
    for slot in slots:
        minute = minute_of(slot.starts_at)
        by_minute.setdefault(minute, []).append(f"{slot.dentist.pk}_{slot.chair.pk}_{minute}")
    return [offered for _minute, offered in sorted(by_minute.items()) if len(offered) == DENTISTS]


def bills(count):
    """Return that many charge sheets that wait to be paid: id and what is owed, each of another visit."""
    clinic, at, by = Clinic.objects.get(), datetime.now(UTC), User.objects.get(username="clerk0")
    people = list(Patient.objects.order_by("file_number")[:PATIENTS])
    dentist = dentists_of(clinic)[0]
    made = []
    for number in range(count):
        visit = make_visit(
            clinic=clinic, patient=people[number % len(people)], at=at, status="to_pay", number=1000 + number,
            dentist=dentist,
        )  # fmt: skip
        make_treatment(visit=visit, procedure=_procedure())
        bill = bill_for_visit(by=by, visit=visit, at=at)
        made.append({"id": str(bill.pk), "due": sum(line.total_minor for line in bill.lines.all())})
    return made


def appointments_today(count):
    """Return that many appointments of today, each of another patient."""
    clinic, at = Clinic.objects.get(), datetime.now(UTC)
    people = list(Patient.objects.order_by("file_number")[:count])
    begin = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    places = [(one, one.usual_chair_id) for one in dentists_of(clinic)]
    made = []
    for number, patient in enumerate(people):
        dentist, chair_id = places[number % DENTISTS]
        made.append(
            make_appointment(
                clinic=clinic, patient=patient, dentist=dentist, chair=Chair.objects.get(pk=chair_id),
                starts_at=begin + timedelta(minutes=30 * (number // DENTISTS)), procedure=_procedure(), need=AS_A_ROW,
            )
        )  # fmt: skip
    return [str(one.pk) for one in made]
