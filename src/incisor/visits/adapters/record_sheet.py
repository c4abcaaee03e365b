"""The record and the prescription as PDF, set by typst with the fonts that the product brings. In Chinese unless asked."""

import json
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

import incisor.kernel
from incisor.clinics.models import Clinic
from incisor.kernel.clock import local
from incisor.kernel.errors import Refused
from incisor.patients import queries as patients
from incisor.patients.enums import AlertKind
from incisor.patients.rules.ages import age_on
from incisor.visits import queries
from incisor.visits.enums import RecordField
from incisor.visits.models import PrescribedDrug, Visit
from incisor.visits.queries import Record
from incisor.visits.rules.teeth import places_text

FONTS = Path(incisor.kernel.__file__).parent / "fonts"
F = RecordField


class FontsMissing(Refused):
    """The fonts were not built, and without them Chinese would be empty boxes."""

    code = "fonts_missing"
    status = 503


def record_pdf(record: Record, *, chart_svg: str, sees_health: bool, language: str, at: datetime) -> bytes:
    """Return the record as an A4 sheet. chart_svg: the drawn teeth, empty for none. Raises FontsMissing.

    sees_health: the reader may know the medical background.
    """
    with translation.override(language):
        return _set("record.typ", record_content(record, chart_svg=chart_svg, sees_health=sees_health, at=at))


def prescription_pdf(record: Record, *, sees_health: bool, language: str, at: datetime) -> bytes:
    """Return the prescription as an A5 sheet. sees_health: as for record_pdf. Raises FontsMissing."""
    with translation.override(language):
        return _set("prescription.typ", prescription_content(record, sees_health=sees_health, at=at))


def _set(name: str, content: dict[str, Any]) -> bytes:
    if not list(FONTS.glob("*.ttf")):
        raise FontsMissing(_("The sheet cannot be set: the fonts are missing. Build the front end, then try again."))
    template = resources.files("incisor.visits").joinpath(f"typst/{name}").read_bytes()
    made: bytes = typst.compile(  # type: ignore[misc]  # its stub cannot tell the kind of input
        template,
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(content, ensure_ascii=False)},
    )
    return made


def _is_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _clinic(clinic: Clinic) -> dict[str, str]:
    name = clinic.name if _is_chinese() else clinic.name_en or clinic.name
    return {"name": name, "address": clinic.address, "phone": clinic.phone}


def _facts(visit: Visit) -> list[list[str]]:
    patient = visit.patient
    age = age_on(born_on=patient.born_on, day=visit.business_date)
    years = _("%(n)s years old") % {"n": age.years} if age else ""
    facts = [
        (_("Patient"), patient.name),
        (_("Sex"), patient.get_sex_display() if patient.sex != "unknown" else ""),
        (_("Age"), years),
        (_("File number"), patient.file_number),
        (_("Visit"), f"{local(visit.arrived_at, visit.clinic.zone):%Y-%m-%d %H:%M}"),
        (_("Kind of visit"), visit.get_kind_display()),
        (_("Dentist"), visit.dentist.name if visit.dentist else ""),
    ]
    return [[str(name), str(value)] for name, value in facts if value]


def _allergies(visit: Visit, *, sees_health: bool) -> str:
    """Return the allergies, which everybody sees; whether somebody asked for them is for readers of the background."""
    found = [alert.label for alert in visit.patient.allergies]
    if found:
        return _("、").join(found)
    if not sees_health:
        return ""
    denied = any(topic.kind == AlertKind.ALLERGY and topic.denial for topic in patients.background_of(visit.patient))
    return _("none known") if denied else _("not asked")


def record_content(record: Record, *, chart_svg: str, sees_health: bool, at: datetime) -> dict[str, Any]:
    """Return everything that the sheet says, as text in the present language."""
    visit, zone = record.visit, record.visit.clinic.zone
    title = _("Outpatient dental record") if not record.is_part else _("Extract of the dental record")
    return {
        "lang": "zh" if _is_chinese() else "en",
        "clinic": _clinic(visit.clinic),
        "title": title,
        "facts": _facts(visit),
        "allergies": [_("Allergies"), _allergies(visit, sees_health=sees_health)],
        "readings": _readings(visit) if sees_health else [],
        "chart": chart_svg if F.TEETH in record.fields else "",
        "sections": _sections(record),
        "addenda": [
            {"text": one.text, "who": f"{one.by.name} · {local(one.at, zone):%Y-%m-%d %H:%M}"} for one in record.addenda
        ],
        "state": _state(record),
        "words": {
            "addenda": _("Addenda"),
            "draft": _("Draft, not signed"),
            "printed": _("Printed %(time)s") % {"time": f"{local(at, zone):%Y-%m-%d %H:%M}"},
            "signature": _("Signature of the dentist"),
            "stamp": _("Stamp of the clinic"),
            "seal": _("Seal"),
            "part": _("Not all of the record: only what the reader's role may read.") if record.is_part else "",
            "broken": ""
            if record.is_whole
            else _(
                "This note is not what was signed: its seal does not fit. Tell the manager; the audit trail shows who changed what."
            ),
        },
    }


def _readings(visit: Visit) -> list[str]:
    """Return the readings of the day of the visit, with their times."""
    zone = visit.clinic.zone
    found = [
        one
        for one in patients.readings_of(visit.patient)
        if local(one.row.measured_at, zone).date() == visit.business_date
    ]
    return [f"{one.shown} ({local(one.row.measured_at, zone):%H:%M})" for one in reversed(found)]


def _sections(record: Record) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def add(label: Any, lines: list[str]) -> None:
        kept = [line for line in lines if line.strip()]
        if kept:
            found.append({"title": str(label), "lines": kept})

    texts = {name: words for name, _label, words in record.texts}
    if F.COMPLAINT in record.fields:
        add(_("Complaint"), [texts[F.COMPLAINT]])
    if F.FINDINGS in record.fields:
        add(_("Findings"), [texts[F.FINDINGS]])
    if F.TEETH in record.fields:
        add(
            _("Findings on teeth"),
            [
                " ".join(filter(None, (str(one.tooth), one.surfaces, str(one.get_state_display()), one.text)))
                for one in record.findings
            ],
        )
    if F.DIAGNOSIS in record.fields:
        codes = queries.diagnosis_labels(record.values.get("diagnosis_codes") or [])
        add(_("Diagnosis"), [texts[F.DIAGNOSIS], *(" ".join(filter(None, pair)) for pair in codes)])
    if F.TREATMENT in record.fields:
        add(_("Treatment"), [texts[F.TREATMENT]])
    if F.PROCEDURES in record.fields:
        add(_("Procedures done"), [_done(one) for one in record.treatments])
    if F.PRESCRIPTION in record.fields:
        add(_("Prescription"), [" ".join(filter(None, drug_parts(one))) for one in record.drugs])
    if F.ADVICE in record.fields:
        add(_("Advice"), [texts[F.ADVICE]])
    if F.NEXT_VISIT in record.fields:
        add(_("Next visit wanted"), [_next(record)])
    if F.ATTACHMENTS in record.fields:
        add(_("Pictures and papers"), [_paper(one) for one in reversed(record.attachments)])
    return found


def _done(one: Any) -> str:
    where = places_text(one.teeth, one.surfaces)
    count = f" × {one.quantity}" if one.quantity > 1 else ""
    return " ".join(filter(None, (queries.procedure_name(one.procedure), where, one.note))) + count


def _paper(one: Any) -> str:
    where = ", ".join(str(tooth) for tooth in one.teeth)
    return " ".join(filter(None, (str(one.get_kind_display()), one.title, where)))


def _next(record: Record) -> str:
    days = record.values.get("next_after_days")
    when = ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days} if days else ""
    what = queries.procedure_name(record.next_procedure) if record.next_procedure else ""
    return " ".join(filter(None, (what, when, record.values.get("next_note", ""))))


def drug_parts(one: PrescribedDrug) -> list[str]:
    """Return a drug as it stands on a record: name, strength, how it is taken, how long, how much, in this order."""
    days = ngettext("for %(n)s day", "for %(n)s days", one.days) % {"n": one.days} if one.days else ""
    how = f"{one.dose}, {one.get_route_display()}, {one.get_frequency_display()}"
    return [one.name, one.strength, how, days, one.amount, one.note]


def _state(record: Record) -> dict[str, str]:
    if not record.signed_at:
        return {"signed": "", "who": record.written_by, "seal": ""}
    at = local(record.signed_at, record.visit.clinic.zone)
    signed = _("Signed electronically by %(who)s on %(time)s") % {
        "who": record.signed_by, "time": f"{at:%Y-%m-%d %H:%M}",
    }  # fmt: skip
    groups = " ".join(record.seal[start : start + 8] for start in range(0, len(record.seal), 8))
    return {"signed": signed, "who": record.signed_by, "seal": groups}


def prescription_content(record: Record, *, sees_health: bool, at: datetime) -> dict[str, Any]:
    """Return everything that the prescription says, as text in the present language."""
    visit, zone = record.visit, record.visit.clinic.zone
    codes = queries.diagnosis_labels(record.values.get("diagnosis_codes") or [])
    written = (record.values.get("diagnosis") or "").rstrip("。. ")
    told = [written, *(label or code for code, label in codes)]
    return {
        "lang": "zh" if _is_chinese() else "en",
        "clinic": _clinic(visit.clinic),
        "title": pgettext("sheet", "Prescription"),
        "facts": _facts(visit),
        "allergies": [_("Allergies"), _allergies(visit, sees_health=sees_health)],
        "diagnosis": [_("Diagnosis"), _("; ").join(one for one in told if one)],
        "drugs": [_drug_lines(one) for one in record.drugs],
        "signed": _state(record)["signed"],
        "words": {
            "none": _("No drug was prescribed."),
            "signature": _("Signature of the dentist"),
            "checked": _("Checked and given out by"),
            "printed": _("Printed %(time)s") % {"time": f"{local(at, zone):%Y-%m-%d %H:%M}"},
        },
    }


def _drug_lines(one: PrescribedDrug) -> dict[str, str]:
    name, strength, how, days, amount, note = drug_parts(one)
    return {
        "name": " ".join(filter(None, (name, strength))),
        "amount": amount,
        "how": ", ".join(filter(None, (how, days))),
        "note": note,
        "reason": _("In spite of the warning: %(why)s") % {"why": one.reason} if one.reason else "",
    }
