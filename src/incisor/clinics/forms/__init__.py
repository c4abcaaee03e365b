"""What people type on the settings pages."""

from incisor.clinics.forms.calendar import HolidayForm, HolidayPasteForm
from incisor.clinics.forms.devices import DeviceForm
from incisor.clinics.forms.places import (
    ChairForm,
    ClinicForm,
    ClosureForm,
    NewClinicForm,
    OrganisationForm,
    RoomForm,
)
from incisor.clinics.forms.procedures import ProcedureForm, initial_of_procedure

__all__ = [
    "ChairForm",
    "ClinicForm",
    "ClosureForm",
    "DeviceForm",
    "HolidayForm",
    "HolidayPasteForm",
    "NewClinicForm",
    "OrganisationForm",
    "ProcedureForm",
    "RoomForm",
    "initial_of_procedure",
]
