"""A second organisation in the same PostgreSQL database, there during the whole suite: nobody may see or change it.

Its tables are copies of the suite's empty ones, with a few sentinel rows; what stands there is summed at the beginning
and at the end. It costs a second for each test process.
"""

from datetime import UTC, datetime

from django.db import connection

from incisor.config import archive
from incisor.kernel.organisation import organisation
from incisor.patients.models import Patient
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair, make_clinic
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_staff

SCHEMA = "neighbour"
PATIENT = "邻家病人"


def move_in():
    """Make the neighbour, with sentinel rows in the middle of every app, and return what stands there."""
    with organisation("desk"), connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{SCHEMA}" CASCADE')
        cursor.execute(f'CREATE SCHEMA "{SCHEMA}"')
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'desk' ORDER BY 1")
        for (name,) in cursor.fetchall():
            cursor.execute(f'CREATE TABLE "{SCHEMA}"."{name}" (LIKE "desk"."{name}" INCLUDING ALL)')
    with organisation(SCHEMA):
        clinic = make_clinic(code="N", name="邻家口腔")
        make_user(username="nora", name="诺拉", roles=["manager"], clinic=clinic)
        chair = make_chair(clinic=clinic)
        make_appointment(
            clinic=clinic, patient=make_patient(clinic=clinic, name=PATIENT), dentist=make_staff(clinic=clinic, chair=chair),
            chair=chair, starts_at=datetime(2026, 3, 3, 2, tzinfo=UTC),
        )  # fmt: skip
        before = archive.sums(connection)
    _go_home()
    return before


def _go_home():
    """Turn the connection back to the suite's own tables now: inside a test's transaction it is too late."""
    with organisation("desk"), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def what_is_wrong(before):
    """Return the neighbour's tables that are not as they were, and what of the neighbour the suite's own can see."""
    with organisation(SCHEMA):
        after = archive.sums(connection)
    found = [f"{name}: {before[name]} became {after[name]}" for name in before if before[name] != after[name]]
    with organisation("desk"):
        if Patient.objects.filter(name=PATIENT).exists():
            found.append("the neighbour's patient stands in the suite's own tables")
    return found
