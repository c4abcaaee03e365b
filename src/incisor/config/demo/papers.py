"""The demo's forms: who comes today and next week has signed, some forms wait for a hand, one says something new."""

import json
import math
from datetime import datetime, timedelta
from typing import Any

from incisor.config.demo.material import Dice
from incisor.config.demo.population import Person
from incisor.config.demo.team import ZONE, Place
from incisor.forms import queries
from incisor.forms.enums import Mark, Signer, Way
from incisor.forms.models import FilledForm, FormRule, FormVersion, Review, Signature
from incisor.forms.rules import answers_from_file, canonical, digest_of_bytes
from incisor.kernel import clock
from incisor.kernel.models import NumberSeries
from incisor.scheduling.models import Appointment

ALWAYS, SOON = ("registration", "privacy", "health"), timedelta(days=7)
PLAIN = {
    "reason": ["check"], "true": True, "agree_care": True, "messages": "yes", "photos": "no",
    "other_allergy": {"yes": False, "detail": ""}, "other_condition": {"yes": False, "detail": ""},
    "medicines": {"yes": False, "detail": ""}, "bad_reaction": {"yes": False, "detail": ""},
}  # fmt: skip


def make_papers(dice: Dice, people: list[Person], places: list[Place], *, at: datetime) -> None:
    """Write signed forms of the patients who come soon, and what is still on the way."""
    by_patient = {person.row.pk: person for person in people}
    for place in places:
        FormRule.objects.filter(clinic=place.clinic).update(since=clock.local(at, ZONE).date())
        versions = {
            one.design.key: one
            for one in FormVersion.objects.filter(design__clinic=place.clinic).select_related("design")
        }
        coming = _coming(place, at)
        signed = [by_patient[key] for key in coming if by_patient[key].row.last_seen_on and dice.chance(0.8)]
        _sign(dice, place, signed, versions, at)
        rest = [by_patient[key] for key in coming if by_patient[key] not in signed]
        for person in rest[:3]:
            _draft(dice, place, person, versions["health"], at)


def _coming(place: Place, at: datetime) -> list[Any]:
    rows = Appointment.objects.filter(
        clinic=place.clinic, starts_at__gte=at - timedelta(hours=12), starts_at__lt=at + SOON
    )
    return list(dict.fromkeys(rows.order_by("starts_at").values_list("patient_id", flat=True)))


def _sign(dice: Dice, place: Place, people: list[Person], versions: dict[str, FormVersion], at: datetime) -> None:
    """Seal the forms as signing at the desk does, in bulk."""
    numbers: dict[int, int] = {}
    rows, signatures, reviews = [], [], []
    moments = sorted(
        ((at - timedelta(days=dice.between(2, 300), minutes=dice.between(0, 400)), person) for person in people),
        key=lambda pair: pair[0],
    )
    for signed_at, person in moments:
        for minutes, key in enumerate(ALWAYS):
            moment = signed_at + timedelta(minutes=3 * minutes)
            year = clock.local(moment, ZONE).year
            numbers[year] = numbers.get(year, 0) + 1
            row = _row(dice, place, person, versions[key], moment)
            row.number = f"F{year}-{numbers[year]:05d}"
            mark = _signature(dice, row, moment)
            row.sealed = canonical(queries.facts_of(row, [mark]))
            row.digest = digest_of_bytes(row.sealed.encode())
            rows.append(row)
            signatures.append(mark)
            reviews.append(_review(dice, row, place, moment))
    FilledForm.objects.bulk_create(rows, batch_size=200)
    Signature.objects.bulk_create(signatures, batch_size=200)
    # the newest health questionnaires that name a medicine were looked at by nobody yet
    unseen = {row.pk for row in [row for row in rows if "氨氯地平" in row.answers][-2:]}
    Review.objects.bulk_create([one for one in reviews if one.filled_id not in unseen], batch_size=200)
    for year, last in numbers.items():
        NumberSeries.objects.create(clinic_id=place.clinic.pk, series="form", period=str(year), last=last)


def _row(dice: Dice, place: Place, person: Person, version: FormVersion, at: datetime) -> FilledForm:
    patient, design = person.row, version.design
    person.row.clinic = place.clinic
    answers = answers_from_file(version.content, file=queries.file_of(patient), alerts=queries.alerts_of(patient))
    known = {field["key"] for section in version.content["sections"] for field in section["fields"]}
    answers |= {key: value for key, value in PLAIN.items() if key in known}
    if design.key == "health" and dice.chance(0.15):
        answers["medicines"] = {"yes": True, "detail": "氨氯地平，每天一片"}
    return FilledForm(
        id=dice.key(at), clinic=place.clinic, patient=patient, design=design, form_version=version,
        way=Way.DESK, status="signed", answers=json.dumps(answers, ensure_ascii=False), revision=1,
        begun_by=dice.one(place.desk), begun_at=at - timedelta(minutes=2), saved_at=at, signed_at=at,
        signed_on=clock.local(at, ZONE).date(), place=f"{place.clinic.name}，前台",
    )  # fmt: skip


def _signature(dice: Dice, row: FilledForm, at: datetime) -> Signature:
    is_child = row.patient.born_on is not None and row.patient.born_on.year > at.year - 17
    strokes = scrawl(dice)
    return Signature(
        id=dice.key(at), filled=row, field_key="sign_guardian" if is_child else "sign_patient",
        signer=Signer.GUARDIAN if is_child else Signer.PATIENT,
        name=f"{row.patient.name[:1]}女士" if is_child else row.patient.name, relation="mother" if is_child else "",
        mark=Mark.DRAWN, strokes=json.dumps(strokes, separators=(",", ":")), milliseconds=strokes[-1][-1][2], at=at,
    )  # fmt: skip


def scrawl(dice: Dice) -> list[list[list[int]]]:
    """Some flowing strokes that look like a quick signature."""
    strokes, moment, left = [], 0, 120
    for _stroke in range(dice.between(3, 5)):
        width, height, phase = dice.between(90, 170), dice.between(50, 110), dice.random.random() * 3
        points = []
        for step in range(14):
            x = left + width * step / 13
            y = 200 + height * math.sin(phase + step * 0.9) * (1 - step / 26)
            points.append([round(x), round(y), moment])
            moment += dice.between(9, 22)
        strokes.append(points)
        left += width + dice.between(10, 40)
        moment += dice.between(60, 160)
    return [[[min(x, 980), y, t] for x, y, t in points] for points in strokes]


def _review(dice: Dice, row: FilledForm, place: Place, at: datetime) -> Review:
    return Review(
        id=dice.key(at),
        filled=row,
        accepted_count=0,
        offered_count=0,
        by=dice.one(place.desk),
        at=at + timedelta(minutes=1),
    )


def _draft(dice: Dice, place: Place, person: Person, version: FormVersion, at: datetime) -> None:
    """A form that somebody began at the desk and did not finish."""
    row = _row(dice, place, person, version, at - timedelta(minutes=dice.between(5, 90)))
    row.status, row.signed_at, row.signed_on, row.place = "open", None, None, ""
    row.save(force_insert=True)
