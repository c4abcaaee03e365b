"""Pages of visits."""

from django.urls import path

from incisor.visits import views

app_name = "visits"
urlpatterns = [
    path("visits/<uuid:visit_id>/note/", views.note, name="note"),
    path("visits/<uuid:visit_id>/note/print/", views.note_print, name="note-print"),
    path("visits/<uuid:visit_id>/note/addenda/", views.addendum, name="addendum"),
    path("visits/<uuid:visit_id>/note/phrases/", views.phrases, name="phrases"),
    path("visits/<uuid:visit_id>/note/diagnoses/", views.diagnoses, name="diagnoses"),
    path("visits/<uuid:visit_id>/teeth/", views.teeth, name="teeth"),
    path("visits/<uuid:visit_id>/treatments/", views.treatments, name="treatments"),
    path("visits/<uuid:visit_id>/treatments/find/", views.find_procedures, name="find-procedures"),
    path("visits/<uuid:visit_id>/treatments/<uuid:treatment_id>/", views.treatment, name="treatment"),
    path("patients/<uuid:patient_id>/visits/", views.patient_visits, name="patient-visits"),
    path("patients/<uuid:patient_id>/teeth/", views.patient_teeth, name="patient-teeth"),
    path("plans/", views.plans, name="plans"),
    path("patients/<uuid:patient_id>/plans/", views.patient_plans, name="patient-plans"),
    path("patients/<uuid:patient_id>/plans/new/", views.plan_new, name="plan-new"),
    path("plans/<uuid:plan_id>/", views.plan, name="plan"),
    path("plans/<uuid:plan_id>/print/", views.plan_print, name="plan-print"),
    path("plans/<uuid:plan_id>/about/", views.plan_about, name="plan-about"),
    path("plans/<uuid:plan_id>/undo/", views.plan_undo, name="plan-undo"),
    path("plans/<uuid:plan_id>/options/", views.option_add, name="option-add"),
    path("plans/options/<uuid:option_id>/", views.option_change, name="option-change"),
    path("plans/options/<uuid:option_id>/stages/", views.stage_add, name="stage-add"),
    path("plans/stages/<uuid:stage_id>/", views.stage_change, name="stage-change"),
    path("plans/stages/<uuid:stage_id>/items/", views.plan_item_add, name="plan-item-add"),
    path("plans/stages/<uuid:stage_id>/procedures/", views.plan_procedures, name="plan-procedures"),
    path("plans/items/<uuid:item_id>/", views.plan_item_change, name="plan-item-change"),
    path("plans/items/<uuid:item_id>/settle/", views.plan_item_settle, name="plan-item-settle"),
    path("plans/<uuid:plan_id>/offer/", views.plan_offer, name="plan-offer"),
    path("plans/<uuid:plan_id>/redraft/", views.plan_redraft, name="plan-redraft"),
    path("plans/<uuid:plan_id>/put-away/", views.plan_put_away, name="plan-put-away"),
    path("plans/<uuid:plan_id>/copy/", views.plan_copy, name="plan-copy"),
    path("plans/<uuid:plan_id>/stop/", views.plan_stop, name="plan-stop"),
    path("plans/<uuid:plan_id>/resume/", views.plan_resume, name="plan-resume"),
    path("plans/<uuid:plan_id>/take-back/", views.plan_take_back, name="plan-take-back"),
    path("plans/<uuid:plan_id>/sign/", views.plan_sign, name="plan-sign"),
    path("plans/<uuid:plan_id>/answer/", views.plan_answer, name="plan-answer"),
    path("visits/<uuid:visit_id>/consents/", views.consents, name="consents"),
    path("visits/<uuid:visit_id>/consents/overrule/", views.consent_overrule, name="consent-overrule"),
    path("consents/<uuid:overrule_id>/undo/", views.consent_overrule_undo, name="consent-overrule-undo"),
]
