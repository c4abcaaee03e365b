"""The signed copy: a PDF, made from the sealed rows after they were written, and kept sealed."""

from datetime import datetime

from django.db import IntegrityError, transaction

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.forms import queries
from incisor.forms.adapters.signed_copy import copy_pdf
from incisor.forms.enums import FilledStatus
from incisor.forms.models import FilledForm, SignedCopy
from incisor.kernel import store
from incisor.kernel.errors import Refused

LARGEST = 20 * store.MEGABYTE


class NothingToCopy(Refused):
    """Only a signed form has a copy."""

    code = "form_has_no_copy"


def make_copy(*, by: User, filled: FilledForm, at: datetime) -> SignedCopy:
    """Set the PDF of a signed form and keep it; one that is there is returned. The same rows give the same pages.

    Setting takes a good part of a second, so it runs before the transaction and not inside it.
    Raises NothingToCopy, adapters' FontsMissing.
    """
    if filled.status != FilledStatus.SIGNED:
        raise NothingToCopy()
    known = queries.copy_of(filled)
    if known is not None:
        return known
    content = copy_pdf(filled, queries.signatures_of(filled))
    made: SignedCopy = keep_copy(by=by, filled=filled, content=content, at=at)
    return made


@action(Permission.FORM_FILL)
def keep_copy(*, by: User, filled: FilledForm, content: bytes, at: datetime) -> SignedCopy:
    """Keep the PDF of a signed form, once. Raises store's refusals."""
    stored = store.keep(content, limit=LARGEST)
    try:
        with transaction.atomic():
            made = SignedCopy.objects.create(
                filled=filled, file=stored.key, size=stored.size, sha256=stored.sha256, made_at=at
            )
    except IntegrityError:
        known = queries.copy_of(filled)  # the worker was quicker; its file stays, this one is an orphan
        if known is None:
            raise
        return known
    record(
        "form.copy_kept",
        subject=filled,
        patient_id=filled.patient_id,
        after={"receipt": filled.number, "hash": stored.sha256},
    )
    return made
