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
]
