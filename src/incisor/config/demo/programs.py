"""A program that books at the demo clinic: its key on the page “Keys for other programs”. Nobody knows its secret."""

from datetime import datetime, timedelta

from incisor.accounts.enums import RoleKey
from incisor.accounts.models import Role, User
from incisor.api import services
from incisor.api.enums import Scope
from incisor.config.demo.team import Place

LASTS = timedelta(days=365)
SCOPES = (
    Scope.CLINIC_READ,
    Scope.PATIENTS_READ,
    Scope.PATIENTS_WRITE,
    Scope.APPOINTMENTS_READ,
    Scope.APPOINTMENTS_WRITE,
)


def make_programs(places: list[Place], *, at: datetime, system: User) -> None:
    """Give the website of the first clinic a key, used a quarter of an hour ago."""
    token, _secret = services.make_token(
        by=system,
        clinic=places[0].clinic,
        name="官网预约",
        role=Role.objects.get(key=RoleKey.RECEPTIONIST),
        scopes=SCOPES,
        expires_at=at + LASTS,
        limit=120,
        at=at - timedelta(days=20),
    )
    services.note_use(token=token, origin="10.0.0.8", at=at - timedelta(minutes=15))
