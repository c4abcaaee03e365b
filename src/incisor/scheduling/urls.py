"""Pages of scheduling."""

from django.urls import path

from incisor.scheduling.views import (
    appointment,
    blocks,
    booking,
    calendar,
    clinics,
    confirming,
    exchange,
    feed,
    finding,
    printing,
)

app_name = "scheduling"
urlpatterns = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/events/", feed.calendar_events, name="calendar-events"),
    path("calendar/look/", calendar.look, name="calendar-look"),
    path("calendar/strip/", exchange.strip, name="calendar-strip"),
    path("calendar/strip/<uuid:unplaced_id>/place/", exchange.place, name="calendar-place"),
    path("calendar/print/", printing.print_day, name="calendar-print"),
    path("calendar/clinics/", clinics.clinics, name="calendar-clinics"),
    path("calendar/clinics/<uuid:clinic_id>/", clinics.clinic_day, name="calendar-clinic"),
    path("book/", booking.book, name="book"),
    path("book/<uuid:patient_id>/", booking.book_panel, name="book-panel"),
    path("find-time/", finding.find, name="find"),
    path("find-time/<uuid:patient_id>/", finding.find_for, name="find-for"),
    path("appointments/<uuid:appointment_id>/", appointment.appointment, name="appointment"),
    path("appointments/<uuid:appointment_id>/move/", appointment.move, name="appointment-move"),
    path("appointments/<uuid:appointment_id>/copy/", exchange.copy, name="appointment-copy"),
    path("appointments/<uuid:appointment_id>/swap/", exchange.swap, name="appointment-swap"),
    path("appointments/<uuid:appointment_id>/swap-back/", exchange.swap_back, name="appointment-swap-back"),
    path("appointments/<uuid:appointment_id>/take-out/", exchange.take_out, name="appointment-take-out"),
    path("appointments/<uuid:appointment_id>/cancel/", appointment.cancel, name="appointment-cancel"),
    path("appointments/<uuid:appointment_id>/edit/", appointment.edit, name="appointment-edit"),
    path("appointments/<uuid:appointment_id>/status/", appointment.status, name="appointment-status"),
    path("appointments/<uuid:appointment_id>/answer/", confirming.answer, name="appointment-answer"),
    path("appointments/<uuid:appointment_id>/deposit/", confirming.deposit, name="appointment-deposit"),
    path("appointment-changes/<uuid:change_id>/undo-answer/", confirming.answer_undo, name="answer-undo"),
    path("settings/confirming/", confirming.confirmation_rules, name="confirmation-rules"),
    path("appointment-changes/<uuid:change_id>/undo/", appointment.undo, name="appointment-undo"),
    path("patients/<uuid:patient_id>/appointments/", appointment.patient_appointments, name="patient-appointments"),
    path("blocks/new/", blocks.block_new, name="block-new"),
    path("blocks/<uuid:block_id>/", blocks.block, name="block"),
    path("blocks/<uuid:block_id>/remove/", blocks.block_remove, name="block-remove"),
]
