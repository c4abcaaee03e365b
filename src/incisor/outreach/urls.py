"""Pages of outreach."""

from django.urls import path

from incisor.outreach import views

app_name = "outreach"
urlpatterns = [
    path("follow-ups/", views.follow_ups, name="follow-ups"),
    path("follow-ups/<uuid:task_id>/record/", views.record_call, name="record-call"),
    path("follow-up-calls/<uuid:call_id>/undo/", views.undo_call, name="undo-call"),
    path("follow-ups/protocols/", views.protocols, name="protocols"),
    path("follow-ups/protocols/<uuid:protocol_id>/", views.protocol, name="protocol"),
    path("follow-ups/protocols/<uuid:protocol_id>/activate/", views.activate, name="activate"),
    path("follow-ups/steps/<uuid:step_id>/", views.step, name="step"),
    path("follow-ups/calling-hours/", views.calling_rules, name="calling-rules"),
    path("reminders/", views.planned, name="planned"),
    path("reminders/rules/", views.rules, name="rules"),
    path("reminders/rules/new/", views.rule_new, name="rule-new"),
    path("reminders/rules/<uuid:rule_id>/", views.rule, name="rule"),
    path("reminders/rules/<uuid:rule_id>/switch-off/", views.switch_off, name="notice-off"),
    path("reminders/notices/<uuid:notice_id>/switch-on/", views.switch_on, name="notice-on"),
    path("patients/<uuid:patient_id>/calls-welcome/", views.welcome_calls, name="welcome-calls"),
    path("patients/<uuid:patient_id>/contacts/", views.contacts, name="contacts"),
]
