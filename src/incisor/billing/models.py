"""Money: prices, charge sheets, payments and the one ledger that every screen reads. Whole fen; nothing is deleted."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.billing.enums import BillStatus, EntryKind, Method
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.models import Row
from incisor.patients.models import Patient
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
        ]


class Bill(Row):
    """The charge sheet of a visit. While it is a draft it can be edited; confirmed, it stands in the ledger."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=10, choices=BillStatus.choices, default=BillStatus.DRAFT)
    currency = models.CharField(max_length=3, default="CNY")
    business_date = models.DateField()
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=~Q(status="void") & Q(visit__isnull=False), name="visit_has_one_bill"
            ),
            models.CheckConstraint(condition=Q(status__in=BillStatus.values), name="bill_status_is_known"),
        ]
        indexes = [models.Index(fields=["clinic", "business_date"], name="bill_by_day")]


class BillLine(Row):
    """One item of a charge sheet: quantity times unit price, less a discount with its reason and author."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="lines")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", null=True)
    treatment = models.ForeignKey("visits.TreatmentDone", on_delete=models.PROTECT, related_name="+", null=True)
    text = models.CharField(max_length=120)
    teeth = models.JSONField(default=list)
    quantity = models.PositiveSmallIntegerField(default=1)
    unit_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    discount_reason = models.CharField(max_length=120, blank=True)
    discount_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(unit_minor__gte=0), name="bill_line_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_minor__gte=0) & Q(discount_minor__lte=F("unit_minor") * F("quantity")),
                name="bill_line_discount_is_within_the_price",
            ),
        ]


class Payment(Row):
    """Money taken at one moment, in one or more tenders; its receipt number is unique in the clinic and year."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments", null=True)
    receipt_number = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    business_date = models.DateField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "receipt_number"], name="receipt_number_is_unique"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_is_more_than_nothing"),
        ]
        indexes = [models.Index(fields=["clinic", "business_date"], name="payment_by_day")]


class Tender(Row):
    """One way in which a payment was made. given_minor and change_minor: cash handed over and given back."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="tenders")
    method = models.CharField(max_length=20, choices=Method.choices)
    amount_minor = models.BigIntegerField()
    given_minor = models.BigIntegerField(null=True)
    change_minor = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="tender_is_more_than_nothing"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="tender_method_is_known"),
        ]


class LedgerEntry(Row):
    """One line of a patient's account: charges positive, discounts and payments negative; the sum is what is owed."""

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
        ]
        indexes = [
            models.Index(fields=["patient", "at"], name="ledger_by_patient"),
            models.Index(fields=["clinic", "business_date"], name="ledger_by_day"),
            models.Index(fields=["bill"], name="ledger_by_bill"),
        ]
