"""Pages of clinics."""

from django.urls import path

from incisor.clinics import views

app_name = "clinics"
urlpatterns = [
    path("clinics/switch/", views.switch_clinic, name="switch"),
    path("live/<slug:topic>/", views.changes, name="live"),
    path("settings/", views.settings_overview, name="settings"),
    path("settings/clinic/", views.clinic_edit, name="clinic"),
    path("settings/organisation/", views.organisation_edit, name="organisation"),
    path("settings/clinics/new/", views.clinic_new, name="clinic-new"),
    path("settings/clinics/<uuid:clinic_id>/close/", views.clinic_close, name="clinic-close"),
    path("settings/clinics/<uuid:clinic_id>/reopen/", views.clinic_reopen, name="clinic-reopen"),
    path("settings/rooms/", views.room_list, name="rooms"),
    path("settings/rooms/new/", views.room_new, name="room-new"),
    path("settings/rooms/<uuid:room_id>/", views.room_edit, name="room"),
    path("settings/chairs/new/", views.chair_new, name="chair-new"),
    path("settings/chairs/<uuid:chair_id>/", views.chair_edit, name="chair"),
    path("settings/chairs/<uuid:chair_id>/state/", views.chair_state, name="chair-state"),
    path("settings/hours/", views.hours_list, name="hours"),
    path("settings/hours/new/", views.hours_new, name="hours-new"),
    path("settings/hours/drop/", views.hours_drop, name="hours-drop"),
    path("settings/closures/", views.closure_list, name="closures"),
    path("settings/closures/new/", views.closure_new, name="closure-new"),
    path("settings/closures/<uuid:closure_id>/remove/", views.closure_remove, name="closure-remove"),
    path("settings/bookings-outside-hours/", views.misfit_list, name="misfits"),
    path("settings/holidays/", views.holiday_list, name="holidays"),
    path("settings/holidays/<int:year>/", views.holiday_list, name="holidays-of-year"),
    path("settings/holidays/<int:year>/load/", views.holidays_load, name="holidays-load"),
    path("settings/holidays/follow/", views.holidays_follow, name="holidays-follow"),
    path("settings/holidays/paste/", views.holidays_paste, name="holidays-paste"),
    path("settings/holidays/new/", views.holiday_new, name="holiday-new"),
    path("settings/holidays/<uuid:holiday_id>/", views.holiday_edit, name="holiday"),
    path("settings/holidays/<uuid:holiday_id>/remove/", views.holiday_remove, name="holiday-remove"),
    path("settings/devices/", views.device_list, name="devices"),
    path("settings/devices/new/", views.device_new, name="device-new"),
    path("settings/devices/<uuid:device_id>/renew/", views.device_renew, name="device-renew"),
    path("settings/devices/<uuid:device_id>/end/", views.device_end, name="device-end"),
    path("settings/procedures/", views.procedure_list, name="procedures"),
    path("settings/procedures/new/", views.procedure_new, name="procedure-new"),
    path("settings/procedures/load/", views.procedures_load, name="procedures-load"),
    path("settings/procedures/<uuid:procedure_id>/", views.procedure_edit, name="procedure"),
]
