"""Who is signed in: a user by name and password."""

import uuid
from typing import Any

from django.http import HttpRequest

from incisor.accounts.models import User


class AccountBackend:
    """Authentication by user name and password; the system's own account never signs in."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_: Any
    ) -> User | None:
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)  # takes as long as a real check: names cannot be told apart by time
            return None
        usable = user.is_active and not user.is_system
        return user if user.check_password(password) and usable else None

    def get_user(self, user_id: uuid.UUID) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True, is_system=False).first()
