"""Reading accounts."""

from incisor.accounts.models import User


def system_user() -> User:
    """Return the account under which jobs and reactions act. Made by `incisor init`."""
    return User.objects.get(is_system=True)
