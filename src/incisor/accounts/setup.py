"""What an installation starts with: the system's account, the shipped roles, the first administrator.

No guard stands here: these functions run from the command line, before there is anybody who could be asked.
"""

from datetime import datetime

from django.utils import translation

from incisor.accounts.enums import SHIPPED, RoleKey
from incisor.accounts.models import Grant, Role, User


def create_system_user(*, at: datetime) -> User:
    """Make the account under which jobs and reactions act, unless it is there."""
    found = User.objects.filter(is_system=True).first()
    if found is not None:
        return found
    system = User(username="system", name="系统", is_system=True, created_at=at)
    system.set_unusable_password()
    system.save()
    return system


def set_up_roles() -> None:
    """Make the shipped roles that are missing; those that an administrator has changed stay as they are."""
    have = set(Role.objects.values_list("key", flat=True))
    for key in RoleKey:
        if key.value in have:
            continue
        with translation.override("zh-hans"):
            name_zh = str(key.label)
        with translation.override("en"):
            name_en = str(key.label)
        Role.objects.create(key=key.value, name_zh=name_zh, name_en=name_en, permissions=sorted(SHIPPED[key]))


def create_first_administrator(*, username: str, name: str, password: str, at: datetime) -> User:
    """Make the administrator who makes all others; the password must be changed at the first sign-in."""
    user = User(username=username, name=name, must_change_password=True, created_at=at)
    user.set_password(password)
    user.save()
    Grant.objects.create(user=user, role=Role.objects.get(key=RoleKey.ADMINISTRATOR), clinic_id=None)
    return user
