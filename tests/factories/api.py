"""Keys of other programs, as rows."""

from datetime import timedelta

from incisor.accounts.models import Grant
from incisor.api.enums import Scope
from incisor.api.models import Token
from incisor.api.queries import hash_of
from tests.factories.accounts import BEGIN, make_role, make_system_user, make_user

SECRET = "inc_made-for-tests-"


def make_token(*, clinic, scopes=tuple(Scope), role="receptionist", name="官网预约", **over):
    """Return a key with its secret in `secret`. Without `role` its account may do nothing."""
    number = Token.objects.count()
    secret = f"{SECRET}{number}"
    user = make_user(username=f"api-{number}", name=name, is_machine=True)
    if role:
        Grant.objects.create(user=user, role=make_role(role), clinic_id=clinic.pk)
    values = {
        "limit": 600,
        "created_by": make_system_user(),
        "created_at": BEGIN,
        "expires_at": BEGIN + timedelta(days=365),
    }
    made = Token.objects.create(
        clinic=clinic, user=user, name=name, beginning=secret[:9], secret_hash=hash_of(secret),
        scopes=[str(scope) for scope in scopes], **{**values, **over},
    )  # fmt: skip
    made.secret = secret
    return made
