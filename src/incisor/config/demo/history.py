"""What happened to each placed appointment: kept, missed, cancelled; the visit, its note, the bill, the payment."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from incisor.accounts.models import User
from incisor.billing.models import Bill, BillLine, LedgerEntry, Payment, Tender
from incisor.billing.rules.receipts import receipt_number
from incisor.clinics.models import Chair, Procedure
from incisor.config.demo.material import Dice, load
from incisor.config.demo.placing import Placed
from incisor.config.demo.team import ZONE
from incisor.kernel import clock
from incisor.kernel.models import NumberSeries
from incisor.scheduling.models import Appointment, AppointmentChange, AppointmentItem
from incisor.scheduling.rules import need_of, occupying
from incisor.visits.models import PrescribedDrug, ToothFinding, TreatmentDone, Visit, VisitNote, VisitStep
from incisor.visits.queries import content_of
from incisor.visits.rules.drugs import drugs
from incisor.visits.rules.notes import seal_of

BATCH = 1000
METHODS = ["wechat", "alipay", "card", "cash", "public_insurance"]
WEIGHTS = [44, 18, 16, 12, 10]
# What dentists want next after a procedure: its code, and after how many days. Anything else: a check-up.
NEXT = {
    "root_canal_open": ("root_canal_shape", 7), "root_canal_shape": ("root_canal_fill", 10),
    "root_canal_fill": ("crown_preparation", 14), "crown_preparation": ("crown_zirconia", 14),
    "extraction_wisdom": ("suture_removal", 7), "extraction_surgical": ("suture_removal", 7),
    "implant_surgery": ("implant_check", 14), "implant_check": ("implant_check", 60),
    "ortho_adjustment": ("ortho_adjustment", 28), "ortho_bonding": ("ortho_adjustment", 28),
    "scaling_deep": ("periodontal_care", 30), "child_pulp": ("child_crown", 14),
}  # fmt: skip
CHECK_UP = ("exam_recall", 180)
# what is prescribed after a treatment: drugs without anything of the demo's allergies
DRUGS = {"extraction": ("cetylpyridinium_rinse",), "periodontal": ("cetylpyridinium_rinse",)}
# what undoing a step restores
BEFORE_STEP = {
    "in_chair": {"called_at": None, "seated_at": None, "stage_at": None, "stage": "", "chair_id": None, "calls": 0},
    "to_pay": {"ended_at": None},
    "done": {"closed_at": None},
}


@dataclass
class Ledger:
    """All rows of the history, gathered and written table by table."""

    rows: dict[type, list[Any]] = field(default_factory=dict)
    receipts: dict[tuple[Any, int], int] = field(default_factory=dict)
    queue: dict[tuple[Any, date], int] = field(default_factory=dict)
    procedures: dict[str, Procedure] = field(default_factory=dict)

    def add(self, row: Any) -> Any:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def write(self) -> None:
        """Write everything: parents before children."""
        order = [
            Appointment, AppointmentItem, AppointmentChange, Visit, VisitStep, VisitNote, ToothFinding, TreatmentDone,
            PrescribedDrug, Bill, BillLine, Payment, Tender, LedgerEntry,
        ]  # fmt: skip
        for kind in order:
            kind._default_manager.bulk_create(self.rows.get(kind, []), batch_size=BATCH)


@dataclass
class Seen:
    """A finished visit: what follow-up is made from."""

    placed: Placed
    visit: Visit
    ended_at: datetime


def make_history(dice: Dice, placed: list[Placed], *, at: datetime, prices: dict[tuple[Any, Any], int]) -> list[Seen]:
    """Write appointments and what became of them up to now; returns the finished visits, oldest first."""
    ledger, seen = Ledger(procedures={one.code: one for one in Procedure.objects.all()}), []
    today = clock.local(at, ZONE).date()
    first_visits: set[Any] = set()
    waiting: list[tuple[datetime, Placed, Appointment]] = []
    for one in placed:
        appointment = _appointment(dice, ledger, one, at, today)
        if appointment.status in {"cancelled", "no_show"} or one.day > today:
            continue
        late = dice.random.choices([-12, -7, -3, 2, 9, 24], weights=[12, 30, 30, 16, 9, 3])[0] + dice.between(-2, 2)
        waiting.append((one.starts_at + timedelta(minutes=late), one, appointment))
    waiting.sort(key=lambda item: item[0])
    chairs: dict[Any, Visit] = {}
    for arrived_at, one, appointment in waiting:
        if arrived_at > at or (one.day == today and _stays_away(dice, one, at)):
            continue
        is_first = one.person.row.pk not in first_visits
        first_visits.add(one.person.row.pk)
        done = _visit(dice, ledger, one, appointment, arrived_at, at, is_first=is_first, chairs=chairs, prices=prices)
        if done is not None:
            seen.append(done)
    ledger.write()
    for (clinic_id, year), last in ledger.receipts.items():
        NumberSeries.objects.create(clinic_id=clinic_id, series="receipt", period=str(year), last=last)
    for (clinic_id, day), last in ledger.queue.items():
        NumberSeries.objects.create(clinic_id=clinic_id, series="queue", period=day.isoformat(), last=last)
    for visit in chairs.values():
        Chair.objects.filter(pk=visit.chair_id).update(state="occupied", state_since=visit.seated_at)  # type: ignore[misc]
    return seen


def _stays_away(dice: Dice, one: Placed, at: datetime) -> bool:
    """Tell whether today's patient has simply not come yet."""
    return one.starts_at > at - timedelta(minutes=45) and dice.chance(0.12)


def _appointment(dice: Dice, ledger: Ledger, one: Placed, at: datetime, today: date) -> Appointment:
    lead = timedelta(days=dice.between(0, 12), hours=dice.between(1, 7))
    made_at = min(max(one.starts_at - lead, one.person.row.created_at), at - timedelta(minutes=dice.between(5, 600)))
    by = dice.one(one.place.desk)
    status, reason, note = "completed", "", ""
    fate = dice.random.random()
    if one.day > today or one.day == today:
        status = "requested" if fate < 0.08 else "confirmed"
        if fate > 0.97:
            status = "cancelled"
    elif fate < 0.045:
        status = "no_show"
    elif fate < 0.115:
        status = "cancelled"
    if status == "cancelled":
        why = dice.one(load("talk")["cancel_reasons"])
        reason, note = why["reason"], why["zh"]
    appointment = ledger.add(
        Appointment(
            id=dice.key(made_at), clinic=one.place.clinic, patient=one.person.row, dentist=one.dentist.staff,
            chair=one.dentist.chair, **occupying(one.starts_at, need_of([one.procedure], minutes=one.minutes)),
            status=status, channel=dice.random.choices(["phone", "desk", "online", "chair"], weights=[45, 20, 20, 15])[0],
            need=_complaint(dice, one), note=dice.one(load("talk")["notes"])["zh"] if dice.chance(0.1) else "",
            cancel_reason=reason, cancel_note=note, created_by=by, created_at=made_at,
        )
    )  # fmt: skip
    ledger.add(
        AppointmentItem(id=dice.key(made_at), appointment=appointment, procedure=one.procedure, teeth=_teeth(one))
    )
    ledger.add(
        AppointmentChange(
            id=dice.key(made_at), appointment=appointment, kind="booked",
            to_status="confirmed" if status != "requested" else "requested", by=by, at=made_at,
        )
    )  # fmt: skip
    if status in {"cancelled", "no_show"}:
        when = min(at, one.starts_at - timedelta(hours=dice.between(2, 40)) if status == "cancelled" else one.ends_at)
        ledger.add(
            AppointmentChange(
                id=dice.key(when), appointment=appointment, kind="status", from_status="confirmed", to_status=status,
                reason=note, by=by, at=max(when, made_at),
            )
        )  # fmt: skip
    return appointment


def _complaint(dice: Dice, one: Placed) -> str:
    fitting = [talk["zh"] for talk in load("talk")["complaints"] if talk["procedure"] == one.procedure.code]
    return dice.one(fitting) if fitting and one.step == 0 else ""


def _teeth(one: Placed) -> list[int]:
    return [one.tooth] if one.tooth else []


def _visit(
    dice: Dice, ledger: Ledger, one: Placed, appointment: Appointment, arrived_at: datetime, at: datetime, *,
    is_first: bool, chairs: dict[Any, Visit], prices: dict[tuple[Any, Any], int],
) -> Seen | None:  # fmt: skip
    clinic, today = one.place.clinic, clock.local(at, ZONE).date()
    desk = dice.one(one.place.desk)
    number = ledger.queue[clinic.pk, one.day] = ledger.queue.get((clinic.pk, one.day), 0) + 1
    is_today = one.day == today
    # today everybody runs a little late: there is somebody in the waiting room and at the cash desk
    seated_at = max(
        arrived_at + timedelta(minutes=2),
        one.starts_at + timedelta(minutes=dice.between(*((4, 26) if is_today else (-2, 16)))),
    )
    ended_at = seated_at + timedelta(minutes=max(8, one.minutes + dice.between(-8, 9)))
    closed_at = ended_at + timedelta(minutes=dice.between(*((6, 24) if is_today else (3, 9))))
    status = "done"
    if is_today and closed_at > at:
        status = "to_pay" if ended_at <= at else "in_chair" if seated_at <= at else "waiting"
    if is_today and status == "done" and at < ended_at + timedelta(minutes=40) and dice.chance(0.6):
        status = "to_pay"
    if status == "in_chair" and one.dentist.chair.pk in chairs:
        status = "waiting"
    promised = _promised(dice, seated_at - arrived_at)
    visit = ledger.add(
        Visit(
            id=dice.key(arrived_at), clinic=clinic, patient=one.person.row, appointment=appointment,
            dentist=one.dentist.staff, chair=one.dentist.chair if status != "waiting" else None, business_date=one.day,
            queue_number=number, kind="first" if is_first else "return", complaint=appointment.need, status=status,
            due_at=one.starts_at, arrived_at=arrived_at, seated_at=seated_at if status != "waiting" else None,
            called_at=seated_at - timedelta(minutes=1) if status != "waiting" else None,
            ended_at=ended_at if status in {"to_pay", "done"} else None, closed_at=closed_at if status == "done" else None,
            promised_low=promised[0], promised_high=promised[1], promised_at=arrived_at, calls=0 if status == "waiting" else 1,
            stage=_stage(at - seated_at, one.minutes) if status == "in_chair" else "",
            stage_at=at if status == "in_chair" else None,
        )
    )  # fmt: skip
    appointment.status = {"waiting": "arrived", "in_chair": "in_treatment"}.get(status, "completed")
    steps = [("", "waiting", arrived_at, desk), ("waiting", "in_chair", seated_at, one.dentist.user)]
    steps += [("in_chair", "to_pay", ended_at, one.dentist.user), ("to_pay", "done", closed_at, desk)]
    last = {"waiting": 1, "in_chair": 2, "to_pay": 3, "done": 4}[status]
    for before, after, when, who in steps[:last]:
        ledger.add(
            VisitStep(
                id=dice.key(when), visit=visit, from_status=before, to_status=after, by=who, at=when,
                before=BEFORE_STEP.get(after, {}),
            )
        )  # fmt: skip
    if status == "in_chair":
        chairs[one.dentist.chair.pk] = visit
    if status not in {"to_pay", "done"}:
        return None
    treatment = ledger.add(
        TreatmentDone(
            id=dice.key(ended_at), visit=visit, procedure=one.procedure, dentist=one.dentist.staff, teeth=_teeth(one)
        )
    )
    _note(dice, ledger, one, visit, treatment, ended_at)
    _money(dice, ledger, one, visit, treatment, desk, closed_at, prices, is_paid=status == "done")
    one.person.row.last_seen_on = one.day
    return Seen(one, visit, ended_at)


def _promised(dice: Dice, wait: timedelta) -> tuple[int, int]:
    """Return the range that was told on coming: kept mostly, sometimes too short, sometimes too long."""
    real = wait / timedelta(minutes=1)
    off = dice.one([0, 0, 0, 0, 0, 0, 0, -15, 15, 5])
    low = max(0, int((real - dice.between(2, 9) + off) // 5) * 5)
    return low, low + 5 * dice.between(2, 4)


def _stage(passed: timedelta, minutes: int) -> str:
    """Return how far a treatment is that has gone on for so long."""
    share = passed / timedelta(minutes=minutes)
    return "seated" if share < 0.1 else "anaesthesia" if share < 0.25 else "treating" if share < 0.85 else "finishing"


def _note(
    dice: Dice, ledger: Ledger, one: Placed, visit: Visit, treatment: TreatmentDone, ended_at: datetime
) -> None:  # fmt: skip
    phrases = load("phrases", "incisor.visits.data")
    fitting = next((group for group in phrases if one.procedure.code in group["procedures"]), phrases[0])
    tooth = str(one.tooth or "")

    def say(part: str) -> str:
        return dice.one(fitting[part])["zh"].replace("{teeth}", tooth) if fitting.get(part) else ""

    is_unsigned = visit.status == "to_pay" and dice.chance(0.4)
    next_code, next_days = NEXT.get(one.procedure.code, CHECK_UP)
    note = VisitNote(
        id=dice.key(ended_at), visit=visit, clinic=visit.clinic, complaint=visit.complaint or say("complaint"),
        findings=say("findings"), diagnosis=say("diagnosis"), diagnosis_codes=fitting["diagnoses"][:1],
        treatment=say("treatment"), advice=say("advice"), written_by=one.dentist.user, updated_at=ended_at,
        signed_by=None if is_unsigned else one.dentist.user, signed_at=None if is_unsigned else ended_at,
        next_procedure=ledger.procedures.get(next_code), next_after_days=next_days,
    )  # fmt: skip
    ledger.add(note)
    findings = []
    if one.tooth:
        state = {"filling": "caries", "root_canal": "caries", "prosthesis": "root_treated", "implant": "implant"}
        findings.append(
            ToothFinding(
                id=dice.key(ended_at), visit=visit, patient=visit.patient, tooth=one.tooth,
                surfaces=dice.one(["O", "MO", "DO", ""]) if one.procedure.follow_up_key == "filling" else "",
                state=state.get(one.procedure.follow_up_key, "other"),
            )
        )  # fmt: skip
        ledger.add(findings[0])
        if findings[0].surfaces:
            treatment.surfaces = {str(one.tooth): findings[0].surfaces}
    prescribed = [_drug(dice, one, visit, key, ended_at) for key in DRUGS.get(one.procedure.follow_up_key, ())]
    for drug in prescribed:
        ledger.add(drug)
    if note.signed_at and note.signed_by:
        content = content_of(
            visit, note, findings=findings, treatments=[treatment], drugs=prescribed, signed_by=note.signed_by.pk,
            signed_at=note.signed_at,
        )  # fmt: skip
        note.seal = seal_of(content)


def _drug(dice: Dice, one: Placed, visit: Visit, key: str, at: datetime) -> PrescribedDrug:
    drug = drugs()[key]
    return PrescribedDrug(
        id=dice.key(at), visit=visit, drug=key, name=drug.zh, strength=drug.strength_zh, dose=drug.dose_zh,
        route=drug.route, frequency=drug.frequency, days=drug.days, amount=drug.amount_zh, note=drug.advice_zh,
        by=one.dentist.user, at=at,
    )  # fmt: skip


def _money(
    dice: Dice, ledger: Ledger, one: Placed, visit: Visit, treatment: TreatmentDone, by: User, at: datetime,
    prices: dict[tuple[Any, Any], int], *, is_paid: bool,
) -> None:  # fmt: skip
    clinic, price = one.place.clinic, prices[one.place.clinic.pk, one.procedure.pk]
    common = {"clinic": clinic, "patient": visit.patient, "business_date": visit.business_date}
    bill = ledger.add(
        Bill(
            id=dice.key(at), visit=visit, status="confirmed" if is_paid else "draft", created_by=by, created_at=at,
            confirmed_at=at if is_paid else None, confirmed_by=by if is_paid else None, **common,
        )
    )  # fmt: skip
    discount = price // 10 // 100 * 100 if price >= 30000 and dice.chance(0.12) else 0
    line = ledger.add(
        BillLine(
            id=dice.key(at), bill=bill, procedure=one.procedure, treatment_id=treatment.pk, done_quantity=1,
            text=one.procedure.name_zh, teeth=_teeth(one), unit_minor=price, discount_minor=discount,
            discount_reason="老客户优惠" if discount else "", discount_by=by if discount else None,
        )
    )  # fmt: skip
    if not is_paid or not price:
        return

    def enter(kind: str, amount: int, text: str, payment: Payment | None = None) -> None:
        ledger.add(
            LedgerEntry(
                id=dice.key(at), kind=kind, amount_minor=amount, text=text, bill=bill, line=None if payment else line,
                payment=payment, by=by, at=at, **common,
            )
        )  # fmt: skip

    enter("charge", price, one.procedure.name_zh)
    if discount:
        enter("discount", -discount, "老客户优惠")
    due = price - discount
    paid = due // 2 // 100 * 100 if due > 300000 and dice.chance(0.25) else due
    key = (clinic.pk, visit.business_date.year)
    number = ledger.receipts[key] = ledger.receipts.get(key, 0) + 1
    payment = ledger.add(
        Payment(
            id=dice.key(at), bill=bill, amount_minor=paid, taken_by=by, taken_at=at, owed_after_minor=due - paid,
            receipt_number=receipt_number(clinic_code=clinic.code, year=visit.business_date.year, number=number),
            printed_count=1, **common,
        )
    )  # fmt: skip
    method = dice.random.choices(METHODS, weights=WEIGHTS)[0]
    given = -(-paid // 10000) * 10000 if method == "cash" else paid
    ledger.add(
        Tender(
            id=dice.key(at), payment=payment, method=method, amount_minor=paid, given_minor=given,
            change_minor=given - paid,
        )
    )  # fmt: skip
    enter("payment", -paid, payment.receipt_number, payment)
