"""Pages of staff."""

from django.urls import path

from incisor.staff import views

app_name = "staff"
urlpatterns = [
    path("staff/", views.staff_list, name="staff"),
    path("staff/new/", views.staff_new, name="staff-new"),
    path("staff/<uuid:staff_id>/", views.staff_member, name="member"),
    path("staff/<uuid:staff_id>/edit/", views.staff_edit, name="staff-edit"),
    path("staff/<uuid:staff_id>/deactivate/", views.staff_deactivate, name="staff-deactivate"),
    path("staff/<uuid:staff_id>/reactivate/", views.staff_reactivate, name="staff-reactivate"),
    path("staff/<uuid:staff_id>/hours/new/", views.hours_new, name="hours-new"),
    path("staff/<uuid:staff_id>/hours/drop/", views.hours_drop, name="hours-drop"),
    path("staff/<uuid:staff_id>/days/<str:day>/", views.day_edit, name="day"),
    path("staff/<uuid:staff_id>/days/<str:day>/clear/", views.day_clear, name="day-clear"),
    path("staff/leave/", views.leave_list, name="leaves"),
    path("staff/leave/new/", views.leave_new, name="leave-new"),
    path("staff/leave/<uuid:leave_id>/cancel/", views.leave_cancel, name="leave-cancel"),
    path("staff/bookings-outside-duty/", views.misfit_list, name="misfits"),
    path("rosters/", views.roster, name="rosters"),
    path("shifts/", views.shift_week, name="shifts"),
    path("shifts/copy/", views.shift_copy, name="shift-copy"),
    path("shifts/kinds/", views.shift_kinds, name="shift-kinds"),
    path("shifts/kinds/new/", views.shift_kind_new, name="shift-kind-new"),
    path("shifts/kinds/<uuid:shift_id>/", views.shift_kind_edit, name="shift-kind"),
]
