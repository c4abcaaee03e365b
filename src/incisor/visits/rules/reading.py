"""Who reads which part of a record: by what a role may do, unless the clinic has chosen for the role."""

from collections.abc import Collection, Iterable

from incisor.visits.enums import CALLER_FIELDS, DESK_FIELDS, RecordField

ALL_FIELDS = frozenset(RecordField)


def usual_fields(*, reads_notes: bool, works_at_desk: bool, calls_patients: bool) -> frozenset[str]:
    """Return what a role reads when nothing was chosen: everything, the desk's part, the callers' part, or nothing."""
    if reads_notes:
        return ALL_FIELDS
    if works_at_desk:
        return DESK_FIELDS
    return CALLER_FIELDS if calls_patients else frozenset()


def fields_of_person(*, writes_notes: bool, roles: Iterable[Collection[str]]) -> frozenset[str]:
    """Return what a person with these roles reads: together what each of them reads; who writes notes reads them whole."""
    if writes_notes:
        return ALL_FIELDS
    return frozenset(field for fields in roles for field in fields) & ALL_FIELDS


def in_order(fields: Collection[str]) -> list[str]:
    """Return the fields in the order of the page, without those that there are not."""
    return [field.value for field in RecordField if field in set(fields)]
