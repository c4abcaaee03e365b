"""What reception keeps, for tests."""

from incisor.reception.models import AftercareGiven, DentistDelay, HelpCall, LeftOpen, Survey


def make_sheet(*, visit, by, at, key="cleaning", **over):
    """Return a sheet that was printed for the patient of the visit."""
    return AftercareGiven.objects.create(
        visit=visit, clinic_id=visit.clinic_id, key=key, chosen_by=by, chosen_at=at, **{"printed_at": at, **over}
    )


def make_delay(*, dentist, clinic, by, at, minutes=20, **over):
    """Return a delay of the dentist on the business date of that moment."""
    return DentistDelay.objects.create(
        clinic=clinic, dentist=dentist, business_date=at.date(), minutes=minutes, by=by, at=at, **over
    )


def make_help_call(*, clinic, by, at, kind="hand", **over):
    return HelpCall.objects.create(clinic=clinic, kind=kind, by=by, at=at, **over)


def make_left_open(*, visit, by, at, matter="next_visit", reason="will_call", **over):
    return LeftOpen.objects.create(
        visit=visit, clinic_id=visit.clinic_id, matter=matter, reason=reason, by=by, at=at, **over
    )


def make_survey(*, visit, at, **over):
    return Survey.objects.create(visit=visit, clinic_id=visit.clinic_id, asked_at=at, **over)
