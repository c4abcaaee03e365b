"""The demo's last touches: facts about patients that follow from their visits, messages, the first audit lines."""

from datetime import datetime

from incisor.accounts.models import User
from incisor.audit.services import record, recording
from incisor.config.demo.material import Dice
from incisor.config.demo.population import Person
from incisor.config.demo.team import Place
from incisor.patients.models import Patient


def finish(dice: Dice, people: list[Person], places: list[Place], *, at: datetime, system: User) -> None:
    """Note when each patient was last seen, and begin each clinic's audit chain."""
    Patient.objects.bulk_update([person.row for person in people], ["last_seen_on"], batch_size=500)
    for place in places:
        count = sum(person.place is place for person in people)
        with recording(user_id=system.pk, user_name=system.name, clinic_id=place.clinic.pk, at=at):
            record("demo.made", subject=place.clinic, after={"patients": count})
