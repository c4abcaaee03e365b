"""What a new clinic starts with."""

from datetime import UTC, date, datetime, time

from incisor.billing.models import Price
from incisor.config.setup import load_clinic
from tests.factories.clinics import make_clinic, make_procedure


def test_a_clinic_made_at_night_can_charge_on_the_business_day_that_goes_on(system):
    make_procedure(code="exam_recall")
    clinic = make_clinic(code="N", day_starts_at=time(4))
    one_at_night = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # 3 March, 01:00 in Shanghai

    load_clinic(clinic, by=system, at=one_at_night)

    assert set(Price.objects.filter(clinic=clinic).values_list("valid_from", flat=True)) == {date(2026, 3, 2)}
