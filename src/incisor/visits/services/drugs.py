"""Prescribing: what goes on the visit's prescription, and what the patient's file says against it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel.errors import Refused
from incisor.visits import queries
from incisor.visits.enums import DrugFrequency, DrugRoute
from incisor.visits.models import PrescribedDrug, Visit
from incisor.visits.rules.drugs import clashes, drug_named, drugs
from incisor.visits.services._writing import open_for_writing

LONGEST_DAYS = 90
SHORTEST_REASON = 2


@dataclass(frozen=True, kw_only=True)
class Dosage:
    """What is written on the prescription. drug: key of a shipped drug, empty when the name was typed freely."""

    name: str
    drug: str = ""
    strength: str = ""
    dose: str
    route: str
    frequency: str
    days: int | None = None
    amount: str = ""
    note: str = ""


class DrugClashes(Refused):
    """The patient's file speaks against the drug. details: clashes. With a reason it is prescribed all the same."""

    code = "drug_clashes"


class DosageWrong(Refused):
    """Name, dose, way, frequency or days are missing or impossible. details: field."""

    code = "dosage_wrong"


class PrescribedAlready(Refused):
    """The drug stands on the prescription."""

    code = "prescribed_already"


@action(Permission.NOTE_WRITE)
def prescribe(*, by: User, visit: Visit, dosage: Dosage, at: datetime, reason: str = "") -> PrescribedDrug:
    """Put a drug on the visit's prescription. reason: why in spite of what the file says against it.

    Raises DrugClashes, DosageWrong, PrescribedAlready, NoteIsSigned.
    """
    _check(dosage)
    open_for_writing(visit)
    rows = queries.drugs_of(visit)
    name = dosage.name.strip()
    if any(row.name.casefold() == name.casefold() for row in rows):
        raise PrescribedAlready(
            _("%(drug)s is on this prescription already. Change or remove it there.") % {"drug": name}
        )
    drug = drugs().get(dosage.drug) or drug_named(name)
    visit.patient.__dict__.pop("open_alerts", None)  # an allergy noted a moment ago counts
    against = clashes(drug=drug, name=name, known=queries.known_of(visit.patient, visit.business_date))
    refused = [clash for clash in against if clash.is_refused]
    why = reason.strip()[:200]
    if refused and len(why) < SHORTEST_REASON:
        raise DrugClashes(queries.clash_message(name, refused), clashes=against, field="reason")
    made = PrescribedDrug.objects.create(
        visit=visit,
        drug=drug.key if drug else "",
        name=name,
        strength=dosage.strength.strip(),
        dose=dosage.dose.strip(),
        route=DrugRoute(dosage.route),
        frequency=DrugFrequency(dosage.frequency),
        days=dosage.days,
        amount=dosage.amount.strip(),
        note=dosage.note.strip(),
        clashes=",".join(dict.fromkeys(clash.key or clash.kind for clash in refused))[:200],
        reason=why if refused else "",
        position=max((row.position for row in rows), default=-1) + 1,
        by=by,
        at=at,
    )
    record(
        "visit.drug_prescribed",
        subject=made,
        patient_id=visit.patient_id,
        after={"drug": made.drug or made.name, "against": made.clashes, "reason": made.reason},
    )
    return made


def _check(dosage: Dosage) -> None:
    wrong = {
        "name": (not dosage.name.strip(), _("Type or choose the drug.")),
        "dose": (not dosage.dose.strip(), _("Write how much is taken at a time, 0.5 g or 1 tablet.")),
        "route": (dosage.route not in DrugRoute.values, _("Choose how it is taken.")),
        "frequency": (dosage.frequency not in DrugFrequency.values, _("Choose how often it is taken.")),
        "days": (
            dosage.days is not None and not 1 <= dosage.days <= LONGEST_DAYS,
            _("The number of days must be 1 to 90."),
        ),
    }
    for field, (is_wrong, message) in wrong.items():
        if is_wrong:
            raise DosageWrong(message, field=field)


@action(Permission.NOTE_WRITE)
def take_off_drug(*, by: User, visit: Visit, drug: PrescribedDrug, at: datetime) -> None:
    """Take a drug off the prescription; it stays in the record. Twice changes nothing. Raises NoteIsSigned."""
    open_for_writing(visit)
    if PrescribedDrug.objects.filter(visit=visit, pk=drug.pk, ended_at=None).update(ended_at=at, ended_by=by):
        record(
            "visit.drug_taken_off", subject=drug, patient_id=visit.patient_id, before={"drug": drug.drug or drug.name}
        )


@action(Permission.NOTE_WRITE)
def put_back_drug(*, by: User, visit: Visit, drug: PrescribedDrug, at: datetime) -> None:
    """Put a drug back that was taken off. Raises NoteIsSigned, PrescribedAlready."""
    open_for_writing(visit)
    if any(row.name.casefold() == drug.name.casefold() and row.pk != drug.pk for row in queries.drugs_of(visit)):
        raise PrescribedAlready(
            _("%(drug)s is on this prescription already. Change or remove it there.") % {"drug": drug.name}
        )
    ended = PrescribedDrug.objects.filter(visit=visit, pk=drug.pk).exclude(ended_at=None)
    if ended.update(ended_at=None, ended_by=None):
        record("visit.drug_put_back", subject=drug, patient_id=visit.patient_id, after={"drug": drug.drug or drug.name})
