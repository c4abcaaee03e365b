"""Making an installation: keys, tables, roles, the first clinic; and bringing it to the present version."""

import io
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import pyrage
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from incisor.accounts import setup as accounts_setup
from incisor.accounts.models import User
from incisor.billing import setup as billing_setup
from incisor.clinics import setup as clinics_setup
from incisor.clinics.models import Clinic, OpeningHours, Organisation
from incisor.config import readiness
from incisor.enquiries import setup as enquiries_setup
from incisor.forms import setup as forms_setup
from incisor.kernel import crypto
from incisor.kernel.clock import business_date, now
from incisor.kernel.errors import NotReady
from incisor.kernel.models import Installation
from incisor.kernel.organisation import current, organisation
from incisor.messaging import setup as messaging_setup
from incisor.outreach import setup as outreach_setup
from incisor.scheduling import setup as scheduling_setup

Say = Callable[[str], object]
IDENTITY_FILE = "recovery-key.txt"
RECIPIENT_FILE = "backup-recipient.txt"


@dataclass(frozen=True)
class Made:
    """What init tells: where, who, and the secrets that are shown once."""

    home: Path
    username: str
    password: str
    identity: Path


def init(*, organisation_name: str, clinic_name: str, username: str) -> Made:
    """Make a new installation. Raises NotReady when there is one already."""
    readiness.require_folder()
    make_keys()
    migrate(say=lambda _line: None)
    if Installation.objects.exists():
        raise NotReady(f"There is an installation in {settings.INCISOR_HOME} already. Nothing was changed.")
    at = now()
    password = secrets.token_urlsafe(9)
    with transaction.atomic():
        note_installation(at=at, is_demo=False)
        owner = Organisation.objects.create(name=organisation_name)
        clinic = make_clinic(owner, code="A", name=clinic_name)
        system = load_basics(at=at)
        load_clinic(clinic, by=system, at=at)
        accounts_setup.create_first_administrator(username=username, name="管理员", password=password, at=at)
    return Made(
        home=Path(settings.INCISOR_HOME), username=username, password=password,
        identity=Path(settings.INCISOR_HOME) / IDENTITY_FILE,
    )  # fmt: skip


def make_keys() -> None:
    """Write the key ring and the backup's recovery key, unless they are there."""
    path = Path(settings.INCISOR_KEYS)
    if not path.exists():
        if connection.vendor == "sqlite" and Path(str(connection.settings_dict["NAME"])).exists():
            crypto.ring()  # raises the sentence about the missing keys: never make a second ring for old data
        crypto.write_ring(crypto.new_ring(), path)
    home = Path(settings.INCISOR_HOME)
    if not (home / RECIPIENT_FILE).exists():
        identity = pyrage.x25519.Identity.generate()
        write_private(
            home / IDENTITY_FILE, f"# Incisor: opens every backup. Keep a copy outside this computer.\n{identity}\n"
        )
        (home / RECIPIENT_FILE).write_text(f"{identity.to_public()}\n", encoding="ascii")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def note_installation(*, at: datetime, is_demo: bool) -> None:
    """Write down which key ring this database is sealed with."""
    Installation.objects.create(
        key_fingerprint=crypto.ring().fingerprint(), is_demo=is_demo, created_at=at, version=settings.INCISOR_VERSION
    )


def load_basics(*, at: datetime) -> User:
    """Write what every installation has: the system's account, roles, procedures, holidays. Returns that account."""
    system = accounts_setup.create_system_user(at=at)
    accounts_setup.set_up_roles()
    clinics_setup.load_procedures()
    clinics_setup.load_holidays()
    return system


def make_clinic(owner: Organisation, *, code: str, name: str, **more: object) -> Clinic:
    """Make a clinic that is open every day from 09:00 to 18:00."""
    clinic = Clinic.objects.create(organisation=owner, code=code, name=name, **more)
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=day, opens=time(9), closes=time(18)) for day in range(7)
    )
    return clinic


def load_clinic(clinic: Clinic, *, by: User, at: datetime, prices_from: date | None = None) -> None:
    """Write what a clinic starts with: prices, follow-up protocols (P3 active), message templates, answers."""
    today = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    billing_setup.load_prices(clinic=clinic, by=by, at=at, valid_from=prices_from or today)
    outreach_setup.load_protocols(clinic=clinic, at=at, active="P3")
    messaging_setup.load_templates(clinic=clinic)
    enquiries_setup.write_shipped(clinic)
    scheduling_setup.load_series(clinic=clinic)
    outreach_setup.load_reminder_rules(clinic=clinic, at=at)
    forms_setup.load_forms(clinic=clinic, by=by, at=at)


def migrate(*, say: Say) -> bool:
    """Bring the current organisation to this version; True when it stayed behind."""
    out = io.StringIO()
    call_command("migrate", interactive=False, verbosity=1, stdout=out)
    steps = re.findall(r"Applying (\S+?)\.\.\.", out.getvalue())
    say(f"{current()}: {len(steps)} steps done" if steps else f"{current()}: up to date")
    return False


def schemas() -> list[str]:
    """Return the organisations that this database holds: on SQLite the one of the file, else every schema with one."""
    if connection.vendor == "sqlite":
        return [current()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'kernel_installation' AND schemaname <> 'public' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def migrate_all(*, say: Say) -> bool:
    """Bring every organisation of this PostgreSQL server to this version; go on after a failure and name who is behind."""
    if connection.vendor == "sqlite":
        return migrate(say=say)
    behind = []
    for schema in schemas():
        with organisation(schema):
            try:
                migrate(say=say)
            except Exception as failure:
                behind.append(schema)
                say(f"{schema}: FAILED: {str(failure).strip().splitlines()[0]}")
    if behind:
        say(f"behind: {', '.join(behind)}")
    return bool(behind)
