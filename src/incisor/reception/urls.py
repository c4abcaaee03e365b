"""Pages of reception. The root is today's board."""

from django.urls import path

from incisor.reception import views

app_name = "reception"
urlpatterns = [
    path("", views.today, name="today"),
    path("today/", views.today, name="today-board"),
    path("chairside/", views.chairside, name="chairside"),
    path("call-next/", views.call_next, name="call-next"),
    path("appointments/<uuid:appointment_id>/check-in/", views.check_in, name="check-in"),
    path("appointments/<uuid:appointment_id>/no-show/", views.no_show, name="no-show"),
    path("appointment-changes/<uuid:change_id>/undo-no-show/", views.undo_no_show, name="undo-no-show"),
    path("walk-in/<uuid:patient_id>/", views.walk_in, name="walk-in"),
    path("visits/<uuid:visit_id>/desk/", views.visit_panel, name="visit"),
    path("visits/<uuid:visit_id>/call/", views.call, name="call"),
    path("visits/<uuid:visit_id>/call-back/", views.call_back, name="call-back"),
    path("visits/<uuid:visit_id>/seat/", views.seat, name="seat"),
    path("visits/<uuid:visit_id>/end/", views.end, name="end"),
    path("visits/<uuid:visit_id>/close/", views.close, name="close"),
    path("visits/<uuid:visit_id>/leave/", views.leave, name="leave"),
    path("visits/<uuid:visit_id>/reorder/", views.reorder, name="reorder"),
    path("visits/<uuid:visit_id>/triage/", views.triage, name="triage"),
    path("visits/<uuid:visit_id>/correct/", views.correct, name="correct"),
    path("visit-steps/<uuid:step_id>/undo/", views.undo, name="undo"),
    path("chairs/<uuid:chair_id>/state/", views.chair_state, name="chair-state"),
    path("screen/<str:token>/", views.screen, name="screen"),
    path("screen/<str:token>/now/", views.screen_now, name="screen-now"),
    path("settings/screens/", views.screens, name="screens"),
    path("settings/screens/preview/", views.screen_preview, name="screen-preview"),
    path("settings/screens/<uuid:device_id>/", views.screen_edit, name="screen-edit"),
    path("settings/screens/notices/new/", views.notice_new, name="notice-new"),
    path("settings/screens/notices/<uuid:notice_id>/", views.notice_edit, name="notice-edit"),
    path("settings/screens/notices/<uuid:notice_id>/remove/", views.notice_remove, name="notice-remove"),
    path("settings/screens/notices/<uuid:notice_id>/restore/", views.notice_restore, name="notice-restore"),
]
