"""What forms does when an app below reports a fact."""

from incisor.forms.models import Review, Signature, SignedCopy, Withdrawal
from incisor.kernel.events import on
from incisor.patients.events import PatientErased


@on(PatientErased)
def forget_who_signed(event: PatientErased) -> None:
    """Overwrite who signed, what was drawn and the papers; numbers, times and hashes stay. The files go as orphans."""
    mine = {"filled__patient__in": event.patient_ids}
    Signature.objects.filter(**mine).update(name="", strokes="")
    SignedCopy.objects.filter(**mine).update(file="", size=0)
    Withdrawal.objects.filter(**mine).update(said_by="", reason="")
    Review.objects.filter(**mine).update(done="")
