"""The last administrator stays: without one nobody could ever let anybody in again."""

from django.utils.translation import gettext as _

from incisor.accounts.enums import Permission
from incisor.accounts.models import Grant, Role
from incisor.kernel.errors import Refused


class LastAdministrator(Refused):
    """After this change nobody could change accounts any more."""

    code = "last_administrator"


def hold_roles() -> list[Role]:
    """Lock all roles: whoever changes who may do what waits here, so that two administrators cannot remove each other."""
    return list(Role.objects.select_for_update().order_by("pk"))


def keep_an_administrator() -> None:
    """Raise LastAdministrator unless an open account may still change accounts everywhere. Called after the change."""
    granted = Grant.objects.filter(clinic_id=None, user__is_active=True, user__is_system=False)
    for permissions in granted.values_list("role__permissions", flat=True):
        if Permission.USER_EDIT in permissions:
            return
    raise LastAdministrator(
        _(
            "This would leave nobody who may change accounts. First give another person a role with "
            "“%(permission)s” everywhere."
        )
        % {"permission": Permission.USER_EDIT.label}
    )
