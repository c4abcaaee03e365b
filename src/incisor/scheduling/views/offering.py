"""What the panels for booking and moving show: the times on offer, the chips, why a time cannot be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from incisor.accounts.access import may
from incisor.accounts.enums import Permission
from incisor.clinics.models import Clinic
from incisor.clinics.queries import chairs
from incisor.kernel.clock import local
from incisor.kernel.spans import minute_of
from incisor.patients.models import Patient
from incisor.scheduling import queries
from incisor.scheduling.forms import TreatmentForm
from incisor.scheduling.models import Appointment, Hold
from incisor.scheduling.queries import Slot
from incisor.scheduling.rules import DAY_LETTERS, PART_LETTERS, TOGETHER_LETTERS, Filter, Need, parse_filter
from incisor.scheduling.services.gate import SlotTaken, explain
from incisor.staff.models import StaffMember

MOST_LISTED = 60


class Asking(NamedTuple):
    """What the panel is about to offer times for."""

    clinic: Clinic
    patient: Patient | None
    need: Need
    dentist: StaffMember | None
    code: str
    at: datetime
    besides: Appointment | None = None
    hold: Hold | None = None
    start: datetime | None = None
    chair: Any = None
    more: str = ""  # what was said beside the code, as it would be typed
    is_list: bool = False  # every time that fits, not the few best


GROUPS = (DAY_LETTERS, PART_LETTERS, TOGETHER_LETTERS)


def chip_words() -> dict[str, str]:
    """The letters that stand as chips, with their words; the rarer ones are typed only."""
    return {
        "t": _("today"),
        "o": _("tomorrow"),
        "w": _("this week"),
        "n": _("next week"),
        "m": _("morning"),
        "a": _("afternoon"),
        "e": _("after 17:00"),
        "k": _("weekend"),
        "s": _("own dentist"),
        "u": _("urgent"),
        "f": _("family"),
        "r": _("one after the other"),
        "b": _("side by side"),
    }


def chips(wanted: Filter, *, without: str = "") -> list[dict[str, Any]]:
    """Return the chips: a day letter replaces another, a part of the day too; the others switch on and off."""
    rows = []
    for letter, words in chip_words().items():
        if letter in without:
            continue
        group = next((letters for letters in GROUPS if letter in letters), letter)
        others = "".join(one for one in wanted.letters if one not in group)
        others += f" {wanted.words}" if wanted.words else ""
        is_on = letter in wanted.letters
        rows.append(
            {
                "letter": letter,
                "words": words,
                "is_on": is_on,
                "code": others if is_on else letter + others,
            }
        )
    return rows


def _no_use(asking: Asking) -> str:
    """The letters that mean nothing here: own dentist and family of an unknown patient, the family when one is moved."""
    return "sfrb" if asking.patient is None else "frb" if asking.besides is not None else ""


def slot_value(slot: Slot) -> str:
    """Return what the slot's button sends."""
    return f"{slot.dentist.pk}_{slot.chair.pk}_{minute_of(slot.starts_at)}"


def options(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """Return slots as their buttons show them."""
    return [
        {"slot": slot, "value": slot_value(slot), "reasons": [reason.label for reason in slot.reasons]}
        for slot in slots
    ]


def offers(
    request: HttpRequest,
    asking: Asking,
    *,
    refusal: SlotTaken | None = None,
    coming: Sequence[Patient] | None = None,
) -> dict[str, Any]:
    """Return the times on offer: those asked for, the clicked time first if there is one, else why not and what instead.

    coming: who comes of the family, None when it was not asked for.
    """
    today = queries.day_of(asking.clinic, asking.at)
    wanted = parse_filter(f"{asking.code} {asking.more}", today=today)
    context: dict[str, Any] = {
        "wanted": wanted,
        "chips": chips(parse_filter(asking.code, today=today), without=_no_use(asking)),
        "may_overbook": may(request.user, Permission.APPOINTMENT_OVERBOOK, asking.clinic.pk),  # type: ignore[arg-type]
        "refusal": None,
        "refused_slot": "",
        "clicked_slot": "",
    }
    if coming is not None and asking.patient is not None:
        ticked = {row.pk for row in coming}
        context["is_self_coming"] = asking.patient.pk in ticked
        context["relatives"] = [
            {"row": row, "is_ticked": row.patient.pk in ticked} for row in queries.relatives_of(asking.patient, today)
        ]
    if refusal is not None:
        context["refusal"] = {"texts": refusal.details["texts"], "can_overbook": refusal.details["can_overbook"]}
        context["options"] = options(refusal.alternatives)
        return context
    if asking.start is not None and wanted.is_empty:
        found, reasons = queries.check_time(
            asking.clinic, patient=asking.patient, need=asking.need, dentist=asking.dentist, chair=asking.chair,
            starts_at=asking.start, now=asking.at, besides=asking.besides, besides_hold=asking.hold,
        )  # fmt: skip
        if found is not None:
            context["options"] = options([found])
            context["is_clicked"] = True
        else:
            context["clicked_slot"] = _clicked(asking)
            context["refusal"] = {
                "texts": [explain(reason) for reason in reasons],
                "can_overbook": asking.dentist is not None and SlotTaken(reasons).details["can_overbook"],
            }
            context["options"] = options(_instead(asking))
        return context
    if coming and len(coming) > 1:
        context["options"] = _together(asking, wanted, coming)
        return context
    if coming:
        asking = asking._replace(patient=coming[0])
    if asking.is_list:
        slots = queries.free_times(
            asking.clinic, patient=asking.patient, need=asking.need, wanted=wanted, now=asking.at,
            dentist=asking.dentist, count=MOST_LISTED + 1,
        )  # fmt: skip
        context["options"] = _by_day(options(slots[:MOST_LISTED]), asking.clinic)
        context["has_more"] = len(slots) > MOST_LISTED
        return context
    slots = queries.proposals(
        asking.clinic, patient=asking.patient, need=asking.need, wanted=wanted, now=asking.at, dentist=asking.dentist,
        besides=asking.besides, besides_hold=asking.hold,
    )  # fmt: skip
    context["options"] = options(slots)
    return context


def _by_day(rows: list[dict[str, Any]], clinic: Clinic) -> list[dict[str, Any]]:
    """Mark the first time of each day, so that the list can name the day once."""
    before = None
    for row in rows:
        day = local(row["slot"].starts_at, clinic.zone).date()
        row["day"] = day if day != before else None
        before = day
    return rows


def _together(asking: Asking, wanted: Filter, patients: Sequence[Patient]) -> list[dict[str, Any]]:
    """Return times for a family as their buttons show them."""
    found = queries.proposals_together(
        asking.clinic, patients=patients, need=asking.need, wanted=wanted, now=asking.at, dentist=asking.dentist,
        count=9 if asking.is_list else 5,
    )  # fmt: skip
    return [
        {
            "slot": one.slots[0],
            "value": "+".join(slot_value(slot) for slot in one.slots),
            "reasons": [reason.label for reason in one.reasons],
            "people": [{"patient": who, "slot": slot} for who, slot in zip(patients, one.slots, strict=True)],
        }
        for one in found
    ]


def _clicked(asking: Asking) -> str:
    """What the button for booking the clicked time anyway sends; empty while no dentist is named."""
    if asking.dentist is None or asking.start is None:
        return ""
    chair_id = asking.chair.pk if asking.chair else getattr(asking.dentist, "usual_chair_id", None)
    if chair_id is None:
        chair_id = next((row.pk for row in chairs(asking.clinic)), None)
    return f"{asking.dentist.pk}_{chair_id}_{minute_of(asking.start)}" if chair_id else ""


def _instead(asking: Asking) -> list[Slot]:
    assert asking.start is not None
    return queries.alternatives(
        asking.clinic, patient=asking.patient, need=asking.need, dentist=asking.dentist, chair=asking.chair,
        starts_at=asking.start, now=asking.at, besides=asking.besides, besides_hold=asking.hold,
    )  # fmt: skip


def treatment_of(form: TreatmentForm) -> tuple[list[Any], int | None, StaffMember | None, str]:
    """Return procedures, minutes, dentist and code as far as they are in order; what is wrong counts as not said."""
    form.is_valid()
    data = getattr(form, "cleaned_data", {})
    return data.get("procedures") or [], data.get("minutes"), data.get("dentist"), data.get("code") or ""
