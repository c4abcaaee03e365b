"""Accounts for tests. Plain values; every factory returns a saved row."""

from datetime import UTC, datetime

from incisor.accounts.enums import NEEDS_SECOND_FACTOR, SHIPPED, RoleKey
from incisor.accounts.models import Grant, Role, SecondFactor, User

BEGIN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_role(key: str) -> Role:
    """Return the shipped role of that key."""
    role, _ = Role.objects.get_or_create(
        key=key,
        defaults={"name_zh": key, "name_en": RoleKey(key).label, "permissions": sorted(SHIPPED[key])},
    )
    return role


def make_user(*, username="rosa", name="罗莎", roles=(), clinic=None, password=None, **over):
    """Return a user with those roles in the clinic (None: in the whole organisation)."""
    user = User(username=username, name=name, created_at=BEGIN, **over)
    user.set_password(password) if password else user.set_unusable_password()
    user.save()
    for key in roles:
        Grant.objects.create(user=user, role=make_role(key), clinic_id=clinic.pk if clinic else None)
    if any(SHIPPED[key] & NEEDS_SECOND_FACTOR for key in roles):
        make_second_factor(user=user)  # such a role opens no page without one
    return user


def make_second_factor(*, user, **over):
    """Return the user's confirmed second factor."""
    return SecondFactor.objects.create(
        **{"user": user, "secret": SECRET, "is_confirmed": True, "created_at": BEGIN, **over}
    )


def make_system_user():
    """Return the account under which jobs act."""
    found = User.objects.filter(is_system=True).first()
    return found or make_user(username="system", name="系统", is_system=True)
