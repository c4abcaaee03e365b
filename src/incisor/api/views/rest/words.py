"""What goes in and out of the interface. Times carry an offset; days are ISO dates of the clinic's wall clock."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from incisor.patients.enums import LookReason, Sex, Source, SpecialNeed
from incisor.scheduling.enums import AppointmentStatus, BookingChannel, CancelReason


def _to_the_minute(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2100:
        raise ValueError("the year must lie between 2000 and 2100")
    if moment.second or moment.microsecond:
        raise ValueError("a time is given to the minute")
    return moment


def _of_this_age(day: date) -> date:
    if not 2000 <= day.year <= 2100:
        raise ValueError("the year must lie between 2000 and 2100")
    return day


Moment = Annotated[AwareDatetime, AfterValidator(_to_the_minute)]
Day = Annotated[date, AfterValidator(_of_this_age)]
# no control characters: neither database keeps a NUL, and no name holds a line break
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Short = Annotated[str, StringConstraints(max_length=200, pattern=ONE_LINE)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=ONE_LINE)]
Number = Annotated[str, StringConstraints(max_length=40, pattern=ONE_LINE)]
Long = Annotated[str, StringConstraints(max_length=2000, pattern=LINES)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9_.-]+$")]
Minutes = Annotated[int, Field(ge=5, le=480, multiple_of=5)]
CHANNELS = Literal["phone", "online", "desk"]
if TYPE_CHECKING:  # words of enumerations, which a checker of types cannot read
    SEXES = str
    SOURCES = str
    NEEDS = str
    REASONS = str
    LOOK_REASONS = str
    STATUSES = str
else:
    SEXES, SOURCES = Literal[tuple(Sex.values)], Literal["", *Source.values]
    NEEDS, REASONS = Literal[tuple(SpecialNeed.values)], Literal[tuple(CancelReason.values)]
    LOOK_REASONS = Literal[tuple(LookReason.values)]
    STATUSES = Literal[tuple(AppointmentStatus.values)]


class Given(BaseModel):
    """What a program sends: a field that does not exist is an error, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(extra="forbid")


class NewPatient(Given):
    """Name and phone are enough. is_somebody_else: a person looked at the like-named files and says so."""

    name: Name
    phone: Number
    sex: SEXES = "unknown"
    born_on: date | None = None
    id_number: Number = ""
    phone_owner: Annotated[str, StringConstraints(max_length=40, pattern=ONE_LINE)] = ""
    email: Short = ""
    address: Short = ""
    source: SOURCES = ""
    source_detail: Annotated[str, StringConstraints(max_length=80, pattern=ONE_LINE)] = ""
    note: Long = ""
    special_needs: list[NEEDS] = Field(default=[], max_length=10)
    tags: list[Annotated[str, StringConstraints(max_length=20, pattern=ONE_LINE)]] = Field(default=[], max_length=12)
    is_somebody_else: bool = False


class PatientChanges(Given):
    """The fields that are to change; what is left out stays."""

    name: Name | None = None
    phone: Number | None = None
    sex: SEXES | None = None
    born_on: date | None = None
    id_number: Number | None = None
    phone_owner: Annotated[str, StringConstraints(max_length=40, pattern=ONE_LINE)] | None = None
    email: Short | None = None
    address: Short | None = None
    source: SOURCES | None = None
    source_detail: Annotated[str, StringConstraints(max_length=80, pattern=ONE_LINE)] | None = None
    note: Long | None = None
    special_needs: list[NEEDS] | None = Field(default=None, max_length=10)
    tags: list[Annotated[str, StringConstraints(max_length=20, pattern=ONE_LINE)]] | None = Field(
        default=None, max_length=12
    )


class NewAppointment(Given):
    """Dentist and chair may be left open: the gate then takes who is free. starts_at: on full five minutes."""

    patient_id: UUID
    starts_at: Moment
    procedures: list[Code] = Field(min_length=1, max_length=10, description="Codes of treatments, see /procedures.")
    dentist_id: UUID | None = None
    chair_id: UUID | None = None
    minutes: Minutes | None = Field(default=None, description="Empty for the usual length of the treatments.")
    hold_id: UUID | None = Field(default=None, description="A hold of this time, see /holds: it becomes the booking.")
    channel: CHANNELS = "online"
    status: Literal["requested", "confirmed"] = "confirmed"
    need: Short = Field(default="", description="What the patient asked for, in the patient's own words.")
    note: Long = ""


class Move(Given):
    """A new time; dentist, chair and length stay unless they are named."""

    starts_at: Moment
    dentist_id: UUID | None = None
    chair_id: UUID | None = None
    minutes: Minutes | None = None


class Cancellation(Given):
    reason: REASONS
    note: Short = ""


class AppointmentChanges(Given):
    need: Short | None = None
    note: Long | None = None
    procedures: list[Code] | None = Field(default=None, min_length=1, max_length=10)


class NewHold(Given):
    """A time that is kept free while somebody decides. lasts_seconds: at most ten minutes."""

    starts_at: Moment
    dentist_id: UUID
    chair_id: UUID | None = None
    procedures: list[Code] = Field(min_length=1, max_length=10)
    minutes: Minutes | None = None
    patient_id: UUID | None = None
    lasts_seconds: int = Field(default=300, ge=30, le=600)


class Clinic(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    phone: str
    address: str
    zone: str = Field(description="IANA name of the time zone in which the clinic's days are counted.")
    currency: str


class Dentist(BaseModel):
    id: UUID
    name: str
    name_en: str
    title: str
    specialties: list[str]


class Chair(BaseModel):
    id: UUID
    name: str
    room: str
    capabilities: list[str]


class Procedure(BaseModel):
    code: str
    name_zh: str
    name_en: str
    specialty: str
    minutes: int


class Named(BaseModel):
    id: UUID
    name: str


class Patient(BaseModel):
    """phone, email, id_number, address: with stars when is_masked. born_on and note: only for keys that may see them."""

    id: UUID
    version: int
    file_number: str
    name: str
    sex: SEXES
    age: int | None
    born_on: date | None
    phone: str
    phone_owner: str
    email: str
    id_number: str
    address: str
    language: str
    contact_channel: str
    special_needs: list[str]
    tags: list[str]
    note: str | None
    last_seen_on: date | None
    is_active: bool
    is_masked: bool
    created_at: AwareDatetime


class PatientPage(BaseModel):
    items: list[Patient]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class AppointmentPatient(BaseModel):
    """file_number and name: only for keys that may read patients."""

    id: UUID
    file_number: str | None
    name: str | None


class Treatment(BaseModel):
    code: str
    name_zh: str
    name_en: str
    teeth: list[Any]


class Appointment(BaseModel):
    id: UUID
    version: int
    patient: AppointmentPatient
    dentist: Named
    chair: Named
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    status: Literal[tuple(AppointmentStatus.values)]  # type: ignore[valid-type]
    channel: Literal[tuple(BookingChannel.values)]  # type: ignore[valid-type]
    procedures: list[Treatment]
    need: str
    note: str | None
    is_overbooked: bool
    cancel_reason: str
    cancel_note: str
    moved_count: int
    created_at: AwareDatetime


class AppointmentPage(BaseModel):
    items: list[Appointment]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class Slot(BaseModel):
    """A time that can be booked at once. reasons: why it is offered, when it is offered instead of another one."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    dentist: Named
    chair: Named
    reasons: list[str]


class SlotPage(BaseModel):
    items: list[Slot]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class Hold(BaseModel):
    id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    dentist: Named
    chair: Named
    expires_at: AwareDatetime
    is_open: bool
    appointment_id: UUID | None = Field(description="The appointment that it became.")


class FieldProblem(BaseModel):
    field: str
    message: str


class LookAlike(BaseModel):
    id: UUID
    file_number: str
    score: int


class Problem(BaseModel):
    """What went wrong, RFC 9457. code: for programs, stable. detail: for people, in the language asked for."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    errors: list[FieldProblem] = Field(default=[], description="What is wrong with single fields.")
    reasons: list[str] = Field(default=[], description="Why a time cannot be taken.")
    alternatives: list[Slot] = Field(default=[], description="The nearest times that are free.")
    look_alikes: list[LookAlike] = Field(default=[], description="Files that are likely of the same person.")
