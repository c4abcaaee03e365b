"""Money: prices, charge sheets, payments and the one ledger that every screen reads. Whole fen; nothing is deleted."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from incisor.accounts.models import User
from incisor.billing.enums import BillStatus, EntryKind, Method
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment
from incisor.visits.models import Visit


class Price(Row):
    """What a procedure costs in a clinic from a day on; the version before ends the day before."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "procedure", "valid_from"], name="price_version_is_unique"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="price_ends_after_it_begins"
            ),
        ]


class Bill(Row):
    """The charge sheet of a visit. While it is a draft it can be edited; confirmed, it stands in the ledger.

    left_open_reason: why the patient went with something owed. A void bill was reversed in the ledger.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=10, choices=BillStatus.choices, default=BillStatus.DRAFT)
    currency = models.CharField(max_length=3, default="CNY")
    business_date = models.DateField()
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True)
    left_open_reason = models.CharField(max_length=120, blank=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=~Q(status="void") & Q(visit__isnull=False), name="visit_has_one_bill"
            ),
            models.CheckConstraint(condition=Q(status__in=BillStatus.values), name="bill_status_is_known"),
            models.CheckConstraint(
                condition=Q(status="draft", confirmed_at=None) | ~Q(status="draft") & Q(confirmed_at__isnull=False),
                name="bill_is_confirmed_or_a_draft",
            ),
            models.CheckConstraint(
                condition=~Q(status="void") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="bill_that_is_void_says_why",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "business_date"], name="bill_by_day")]


class BillLine(Row):
    """One item of a charge sheet: quantity times unit price, less a discount with its reason and author.

    treatment_id: the procedure done (visits.TreatmentDone) that it was made from; no foreign key, because a note that is
    not yet signed may be rewritten while the sheet is a draft. done_quantity: what the note said when it was read last.
    is_unpriced: the price list had no price on that day. is_removed: taken off the sheet, kept to be seen and put back.
    discount_basis_points: above zero when the discount is a share and follows the quantity.
    """

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="lines")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", null=True)
    treatment_id = models.UUIDField(null=True)
    text = models.CharField(max_length=120)
    teeth = models.JSONField(default=list)
    quantity = models.PositiveSmallIntegerField(default=1)
    done_quantity = models.PositiveSmallIntegerField(null=True)
    unit_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    discount_basis_points = models.PositiveSmallIntegerField(default=0)
    discount_reason = models.CharField(max_length=120, blank=True)
    discount_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_unpriced = models.BooleanField(default=False)
    is_removed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bill", "treatment_id"],
                condition=Q(treatment_id__isnull=False),
                name="treatment_is_charged_once",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="bill_line_is_of_one_or_more"),
            models.CheckConstraint(
                condition=Q(discount_minor=0) | ~Q(discount_reason=""), name="bill_line_discount_says_why"
            ),
            models.CheckConstraint(condition=Q(unit_minor__gte=0), name="bill_line_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_minor__gte=0) & Q(discount_minor__lte=F("unit_minor") * F("quantity")),
                name="bill_line_discount_is_within_the_price",
            ),
        ]

    @property
    def label(self) -> str:
        """Return what it is called in the reader's language. Needs the procedure joined."""
        is_chinese = (get_language() or "").startswith("zh")
        return self.text if is_chinese or self.procedure is None else self.procedure.name_en

    @property
    def price_minor(self) -> int:
        """Return what it costs before the discount."""
        return self.unit_minor * self.quantity

    @property
    def total_minor(self) -> int:
        """Return what is charged."""
        return self.price_minor - self.discount_minor


class Payment(Row):
    """Money taken at one moment, in one or more tenders; its receipt number is unique in the clinic and year.

    appointment: of a deposit, for which there is no bill yet. owed_after_minor: what stayed open on the bill. printed_count: each print after the first is marked as a reprint.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments", null=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    receipt_number = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    business_date = models.DateField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    owed_after_minor = models.BigIntegerField(default=0)
    printed_count = models.PositiveSmallIntegerField(default=0)
    reversed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    reversed_at = models.DateTimeField(null=True)
    reversal_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "receipt_number"], name="receipt_number_is_unique"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_is_more_than_nothing"),
            models.CheckConstraint(condition=Q(bill=None) | Q(appointment=None), name="payment_is_for_a_bill_or_ahead"),
            models.CheckConstraint(
                condition=Q(reversed_at=None) | (Q(reversed_by__isnull=False) & ~Q(reversal_reason="")),
                name="payment_reversal_says_who_and_why",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "business_date", "taken_at"], name="payment_by_day")]


class Tender(Row):
    """One way in which a payment was made. given_minor and change_minor: cash handed over and given back."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="tenders")
    method = models.CharField(max_length=20, choices=Method.choices)
    amount_minor = models.BigIntegerField()
    given_minor = models.BigIntegerField()
    change_minor = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="tender_is_more_than_nothing"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="tender_method_is_known"),
            models.UniqueConstraint(fields=["payment", "method"], name="tender_method_is_named_once"),
            models.CheckConstraint(
                condition=Q(change_minor__gte=0, given_minor=F("amount_minor") + F("change_minor")),
                name="tender_given_is_amount_and_change",
            ),
            models.CheckConstraint(
                condition=Q(change_minor=0) | Q(method="cash"), name="tender_change_is_given_from_cash"
            ),
        ]


class LedgerEntry(Row):
    """One line of a patient's account: charges positive, discounts and payments negative; the sum is what is owed.

    opening: what was owed (above zero) or prepaid (below) in the system before this one. applied: a deposit used on a
    bill, two lines that add up to nothing: off the bill, and out of what is held for the patient.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    text = models.CharField(max_length=160)
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="+", null=True)
    line = models.ForeignKey(BillLine, on_delete=models.PROTECT, related_name="+", null=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+", null=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, related_name="+", null=True)
    business_date = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="ledger_entry_is_not_nothing"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="ledger_entry_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="charge", amount_minor__gt=0)
                | Q(kind__in=["discount", "payment"], amount_minor__lt=0)
                | Q(kind__in=["reversal", "opening", "applied"]),
                name="ledger_entry_sign_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False) | (~Q(kind="reversal") & Q(reverses=None)),
                name="ledger_reversal_names_what_it_reverses",
            ),
            models.UniqueConstraint(fields=["payment"], condition=Q(kind="payment"), name="ledger_has_a_payment_once"),
            models.UniqueConstraint(
                fields=["line", "kind"], condition=Q(kind__in=["charge", "discount"]), name="ledger_has_a_line_once"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "at"], name="ledger_by_patient"),
            models.Index(fields=["clinic", "business_date"], name="ledger_by_day"),
            models.Index(fields=["bill"], name="ledger_by_bill"),
        ]
