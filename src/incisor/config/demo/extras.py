"""The demo's last touches: facts about patients that follow from their visits, messages, the first audit lines."""

from datetime import datetime, timedelta

from incisor.accounts.models import User
from incisor.audit.services import record, recording
from incisor.config.demo.material import Dice, load
from incisor.config.demo.population import Person
from incisor.config.demo.rights import make_rights
from incisor.config.demo.team import ZONE, Place
from incisor.kernel import clock
from incisor.kernel.models import NumberSeries
from incisor.patients.models import Patient
from incisor.visits.models import Visit, VisitStep


def finish(dice: Dice, people: list[Person], places: list[Place], *, at: datetime, system: User) -> None:
    """Let some people walk in, note when each patient was last seen, and begin each clinic's audit chain."""
    for place in places:
        own = [person for person in people if person.place is place]
        _walk_ins(dice, place, own, at)
        make_rights(Dice(len(own)), place, own, at=at, system=system)
    Patient.objects.bulk_update([person.row for person in people], ["last_seen_on"], batch_size=500)
    for place in places:
        count = sum(person.place is place for person in people)
        with recording(user_id=system.pk, user_name=system.name, clinic_id=place.clinic.pk, at=at):
            record("demo.made", subject=place.clinic, after={"patients": count})


def _walk_ins(dice: Dice, place: Place, people: list[Person], at: datetime) -> None:
    """Two people without an appointment sit in the waiting room, one of them in pain."""
    today = clock.local(at, ZONE).date()
    series, _ = NumberSeries.objects.get_or_create(clinic_id=place.clinic.pk, series="queue", period=today.isoformat())
    here = set(Visit.objects.filter(clinic=place.clinic, business_date=today).values_list("patient_id", flat=True))
    absent = [person for person in people if person.row.pk not in here]
    for urgency, minutes in (("urgent", 12), ("routine", 7)):
        talk = dice.one([one for one in load("talk")["complaints"] if one["urgency"] == urgency])
        person = dice.one(absent)
        absent.remove(person)
        arrived_at = at - timedelta(minutes=minutes)
        series.last += 1
        visit = Visit.objects.create(
            id=dice.key(arrived_at), clinic=place.clinic, patient=person.row, business_date=today,
            queue_number=series.last, kind="return" if person.row.last_seen_on else "first", urgency=urgency,
            complaint=talk["zh"], arrived_at=arrived_at,
        )  # fmt: skip
        VisitStep.objects.create(visit=visit, to_status="waiting", by=dice.one(place.desk), at=arrived_at)
    series.save()
