"""A visit that waits to pay: cleaning for 300.00 and a filling of two teeth at 260.00 each."""

import pytest

from incisor.billing import services
from tests.factories.billing import make_price, make_treatment
from tests.factories.clinics import make_procedure
from tests.factories.reception import make_sheet
from tests.factories.visits import make_visit


@pytest.fixture
def filling(clinic):
    made = make_procedure(code="FILL", name_zh="树脂充填", name_en="Composite filling", is_per_tooth=True)
    make_price(clinic=clinic, procedure=made, amount_minor=26000)
    return made


@pytest.fixture
def visit(clinic, pia, dana, cleaning, filling, at):
    made = make_visit(clinic=clinic, patient=pia, at=at, status="to_pay", dentist=dana)
    make_price(clinic=clinic, procedure=cleaning, amount_minor=30000)
    make_treatment(visit=made, procedure=cleaning)
    make_treatment(visit=made, procedure=filling, teeth=[36, 37], position=1)
    make_sheet(visit=made, by=pia.created_by, at=at)  # the patient has the sheet: only the money keeps the visit open
    return made


@pytest.fixture
def bill(visit, rosa, at):
    return services.bill_for_visit(by=rosa, visit=visit, at=at)
