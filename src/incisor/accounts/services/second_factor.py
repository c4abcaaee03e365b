"""The second factor: a code that an authenticator app makes anew each 30 seconds (TOTP, RFC 6238), or a recovery code."""

import base64
import hmac
import os
import secrets
from datetime import datetime

from django.utils.translation import gettext as _
from django_otp.oath import hotp

from incisor.accounts.access import own_action
from incisor.accounts.models import SecondFactor, User
from incisor.audit.services import record
from incisor.kernel.errors import Refused
from incisor.kernel.fields import index_of

STEP_SECONDS = 30
TOLERANCE = 1
RECOVERY_CODES = 8
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that look alike on paper


class WrongCode(Refused):
    """The code is wrong, too old, or was used already."""

    code = "wrong_code"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "This code is not right. Wait for the next one in your app; if it is refused too, check your phone's clock."
            )
        )


class IsSetUpAlready(Refused):
    """There is a confirmed second factor; it must be removed before another is set up."""

    code = "second_factor_is_set_up"


def _matching_step(secret: str, code: str, *, at: datetime, last_step: int) -> int | None:
    """Return the time step whose code this is, None when it is none of the present ones or one that was used before."""
    key = base64.b32decode(secret)
    now = int(at.timestamp()) // STEP_SECONDS
    matching = None
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if hmac.compare_digest(f"{hotp(key, step):06d}", code) and step > last_step:
            matching = step
    return matching


def _recovery_hash(user: User, code: str) -> str:
    return index_of(code.upper().replace("-", "").replace(" ", ""), context=f"recovery:{user.pk}")


def _new_recovery_codes(factor: SecondFactor, user: User) -> list[str]:
    raw = ["".join(secrets.choice(LETTERS) for _letter in range(10)) for _code in range(RECOVERY_CODES)]
    factor.recovery_hashes = [_recovery_hash(user, code) for code in raw]
    return [f"{code[:5]}-{code[5:]}" for code in raw]


def _take(factor: SecondFactor | None, user: User, code: str, at: datetime) -> str:
    """Use up a code, return which kind it was. Raises WrongCode."""
    cleaned = code.strip().replace(" ", "")
    if factor is None:
        raise WrongCode()
    if cleaned.isascii() and cleaned.isdigit() and len(cleaned) == 6:
        step = _matching_step(factor.secret, cleaned, at=at, last_step=factor.last_step)
        if step is None:
            raise WrongCode()
        factor.last_step = step
        return "app"
    hashed = _recovery_hash(user, cleaned)
    if not factor.is_confirmed or hashed not in factor.recovery_hashes:
        raise WrongCode()
    factor.recovery_hashes = [one for one in factor.recovery_hashes if one != hashed]
    return "recovery"


@own_action
def begin_second_factor(*, by: User, at: datetime) -> SecondFactor:
    """Make a fresh secret, which counts once a code made from it was shown. Raises IsSetUpAlready."""
    factor = SecondFactor.objects.select_for_update().filter(user=by).first() or SecondFactor(user=by)
    if factor.is_confirmed:
        raise IsSetUpAlready(_("You have a second factor already. Remove it first if you have a new phone."))
    factor.secret = base64.b32encode(os.urandom(20)).decode()
    factor.created_at, factor.last_step = at, 0
    factor.save()
    return factor


@own_action
def confirm_second_factor(*, by: User, code: str, at: datetime) -> list[str]:
    """Confirm the second factor by its first code; return the recovery codes, which are never shown again.

    Raises WrongCode.
    """
    factor = SecondFactor.objects.select_for_update().filter(user=by, is_confirmed=False).first()
    _take(factor, by, code, at)
    assert factor is not None
    factor.is_confirmed = True
    codes = _new_recovery_codes(factor, by)
    factor.save()
    record("account.second_factor_set_up", subject=by)
    return codes


@own_action
def show_code(*, by: User, code: str, at: datetime) -> None:
    """Use up a code of the app or a recovery code. Raises WrongCode."""
    factor = SecondFactor.objects.select_for_update().filter(user=by, is_confirmed=True).first()
    kind = _take(factor, by, code, at)
    assert factor is not None
    factor.save()
    if kind == "recovery":
        record("account.recovery_code_used", subject=by, after={"left": len(factor.recovery_hashes)})


@own_action
def renew_recovery_codes(*, by: User, code: str, at: datetime) -> list[str]:
    """Make new recovery codes, the old ones end; asks for a code of the app. Raises WrongCode."""
    factor = SecondFactor.objects.select_for_update().filter(user=by, is_confirmed=True).first()
    _take(factor, by, code, at)
    assert factor is not None
    codes = _new_recovery_codes(factor, by)
    factor.save()
    record("account.recovery_codes_renewed", subject=by)
    return codes


@own_action
def remove_second_factor(*, by: User, code: str, at: datetime) -> None:
    """Do without the second factor from now on; asks for a code a last time. Raises WrongCode."""
    factor = SecondFactor.objects.select_for_update().filter(user=by, is_confirmed=True).first()
    _take(factor, by, code, at)
    assert factor is not None
    factor.delete()
    record("account.second_factor_removed", subject=by)
