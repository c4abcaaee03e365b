"""Looks an installation over after hard use: what is double, half-done, missing or out of step. Runs inside it."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Sum

from incisor.accounts.queries import system_user
from incisor.audit.models import Entry
from incisor.audit.queries.chain import broken_places
from incisor.billing.enums import BillStatus, EntryKind
from incisor.billing.models import Bill, LedgerEntry, Payment, Tender
from incisor.kernel.models import FinishedRequest, NumberSeries
from incisor.messaging.enums import MessageStatus
from incisor.messaging.models import OutboxMessage
from incisor.messaging.services import send_due
from incisor.outreach.enums import Moment
from incisor.outreach.models import Notice
from incisor.patients.models import Patient
from incisor.scheduling.enums import OCCUPYING, ChangeKind
from incisor.scheduling.models import Appointment, AppointmentChange, AppointmentItem
from incisor.visits.models import Visit, VisitStep

AS_A_ROW = "written as a row"  # the need of an appointment that nobody booked


def problems():
    """Return everything that is wrong, as sentences; empty when all is whole."""
    return [
        *overlaps(), *half_booked(), *half_paid(), *numbers(), *half_here(),
        *(f"audit: {one}" for one in broken_places()), *unrecorded(), *requests_to_nothing(),
    ]  # fmt: skip


def overlaps():
    """Dentist and chair until the buffer's end, patient until the end: nobody twice at once."""
    rows = list(Appointment.objects.filter(status__in=OCCUPYING, is_overbooked=False).order_by("starts_at"))
    found = []
    for kind, key, end in (
        ("dentist", "dentist_id", "blocked_until"), ("chair", "chair_id", "blocked_until"), ("patient", "patient_id", "ends_at"),
    ):  # fmt: skip
        last = {}
        for row in rows:
            before = last.get(getattr(row, key))
            if before is not None and getattr(before, end) > row.starts_at:
                found.append(f"{kind} twice at {row.starts_at}: {before.pk} and {row.pk}")
            last[getattr(row, key)] = row
    return found


def half_booked():
    """Every booking has its procedure, its first change and its notice to the patient, each once."""
    items = Counter(AppointmentItem.objects.values_list("appointment_id", flat=True))
    booked = Counter(AppointmentChange.objects.filter(kind=ChangeKind.BOOKED).values_list("appointment_id", flat=True))
    # a second notice of a rule about one time is refused by a constraint; after a move there is one for each time
    told = Counter(set(Notice.objects.filter(rule__moment=Moment.BOOKED).values_list("appointment_id", flat=True)))
    return [
        f"appointment {pk}: {items[pk]} items, {booked[pk]} times booked, told {told[pk]} times"
        for pk in Appointment.objects.exclude(need=AS_A_ROW).values_list("pk", flat=True)
        if (items[pk], booked[pk], told[pk]) != (1, 1, 1)
    ]


def half_paid():
    """Every payment has tenders of its amount and one line of the ledger; the ledger agrees with sheets and payments."""
    tenders = dict(Tender.objects.values_list("payment").annotate(sum=Sum("amount_minor")))
    entries = defaultdict(list)
    for payment_id, amount in LedgerEntry.objects.filter(kind=EntryKind.PAYMENT).values_list("payment", "amount_minor"):
        entries[payment_id].append(amount)
    found = [
        f"payment {one.receipt_number}: {one.amount_minor}, tenders {tenders.get(one.pk)}, ledger {entries[one.pk]}"
        for one in Payment.objects.all()
        if tenders.get(one.pk) != one.amount_minor or entries[one.pk] != [-one.amount_minor]
    ]
    charged = dict(
        LedgerEntry.objects.filter(kind__in=[EntryKind.CHARGE, EntryKind.DISCOUNT]).values_list("bill")
        .annotate(sum=Sum("amount_minor"))
    )  # fmt: skip
    for bill in Bill.objects.prefetch_related("lines", "payments"):
        total = sum(line.total_minor for line in bill.lines.all() if not line.is_removed)
        paid = sum(one.amount_minor for one in bill.payments.all())
        expected = total if bill.status == BillStatus.CONFIRMED else None
        if charged.get(bill.pk) != expected or paid > total or (paid and bill.status != BillStatus.CONFIRMED):
            found.append(f"sheet {bill.pk} ({bill.status}): {total}, charged {charged.get(bill.pk)}, paid {paid}")
    return found


def numbers():
    """Receipt, file and queue numbers run without gap or repeat up to where their series stands."""
    found = []
    for series in NumberSeries.objects.all():
        if series.series == "receipt":
            texts = Payment.objects.filter(business_date__year=int(series.period)).values_list(
                "receipt_number", flat=True
            )
        elif series.series == "file":
            texts = Patient.objects.exclude(file_number__startswith="T").values_list("file_number", flat=True)
        elif series.series == "queue":
            texts = [
                str(number)
                for number in Visit.objects.filter(business_date=series.period, steps__before__has_key="appointment_id")
                .values_list("queue_number", flat=True)
            ]  # fmt: skip
        else:
            continue
        given = sorted(int("".join(filter(str.isdigit, text))[-6:]) for text in texts)
        if given != list(range(1, series.last + 1)):
            found.append(f"{series.series} {series.period}: {given} though the series stands at {series.last}")
    return found


def half_here():
    """Every visit has its first step, and an appointment has at most one visit."""
    steps = Counter(VisitStep.objects.filter(from_status="").values_list("visit_id", flat=True))
    return [f"visit {pk}: begun {steps[pk]} times" for pk in Visit.objects.values_list("pk", flat=True) if steps[pk] != 1] + [
        f"appointment {row['appointment']} has {row['n']} visits"
        for row in Visit.objects.exclude(appointment=None).values("appointment").annotate(n=Count("pk")).filter(n__gt=1)
    ]  # fmt: skip


def unrecorded():
    """Every booking and every payment stands in the record once."""
    lines = Counter(Entry.objects.values_list("what", "subject_id"))
    booked = AppointmentChange.objects.filter(kind=ChangeKind.BOOKED).values_list("appointment_id", flat=True)
    found = [f"booking {pk} is not in the record once" for pk in booked if lines["appointment.booked", pk] != 1]
    paid = Payment.objects.values_list("pk", flat=True)
    return found + [f"payment {pk} is not in the record once" for pk in paid if lines["payment.taken", pk] != 1]


def requests_to_nothing():
    """Every finished request leads to what it made."""
    there = {*Appointment.objects.values_list("pk", flat=True), *Payment.objects.values_list("pk", flat=True)}
    there |= set(Patient.objects.values_list("pk", flat=True))
    return [f"request {key} led to nothing" for key, pk in made().items() if pk not in there]


def made():
    """Return what each finished request made."""
    return dict(FinishedRequest.objects.values_list("key", "result_id"))


def counts():
    """Return how many there are of what the clients made."""
    return {
        "booked": AppointmentChange.objects.filter(kind=ChangeKind.BOOKED).count(),
        "paid": Payment.objects.count(),
        "registered": Patient.objects.exclude(file_number__startswith="T").count(),
        "visits": Visit.objects.exclude(appointment=None).count(),
    }


def sent_after_all():
    """Let the worker go on a quarter of an hour later; then each message that is due has gone out, as one file."""
    later = datetime.now(UTC) + timedelta(minutes=15)
    while any(send_due(by=system_user(), at=later)):
        pass
    found = [
        f"message {one.pk} is {one.status}"
        for one in OutboxMessage.objects.filter(not_before__lte=later, expires_at__gt=later).exclude(
            status__in=[MessageStatus.SENT, MessageStatus.CANCELLED]
        )
    ]
    files = Counter(path.name for path in Path(settings.INCISOR_OUTBOX).rglob("*") if path.is_file())
    sent = {f"{pk}.json" for pk in OutboxMessage.objects.filter(status=MessageStatus.SENT).values_list("pk", flat=True)}
    return found + [
        f"{name}: {count} files, {'sent' if name in sent else 'not sent'}"
        for name, count in {**dict.fromkeys(sent, 0), **files}.items()
        if count != 1 or name not in sent
    ]
