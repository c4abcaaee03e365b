"""Pages of patients."""

from django.urls import path

from incisor.patients.views import files, imports, merging, parts, search

app_name = "patients"
urlpatterns = [
    path("search/", search.search, name="search"),
    path("patients/", files.patients, name="patients"),
    path("patients/new/", files.new, name="new"),
    path("patients/new/look-alikes/", files.look_alikes, name="look-alikes"),
    path("patients/<uuid:patient_id>/", files.patient, name="patient"),
    path("patients/<uuid:patient_id>/undo-registration/", files.undo_registration, name="undo-registration"),
    path("patients/<uuid:patient_id>/history/", files.history, name="history"),
    path("patients/<uuid:patient_id>/show/<slug:field>/", files.show, name="show"),
    path("patients/<uuid:patient_id>/sections/<slug:key>/", parts.section, name="section"),
    path("patients/<uuid:patient_id>/alerts/shown/", parts.alerts, name="alerts"),
    path("patients/<uuid:patient_id>/family/shown/", parts.family, name="family"),
    path("patients/<uuid:patient_id>/alerts/", parts.add_alert, name="add-alert"),
    path("patients/<uuid:patient_id>/alerts/<uuid:alert_id>/end/", parts.end_alert, name="end-alert"),
    path("patients/<uuid:patient_id>/alerts/<uuid:alert_id>/resume/", parts.resume_alert, name="resume-alert"),
    path("patients/<uuid:patient_id>/family/", parts.link_family, name="link-family"),
    path("patients/<uuid:patient_id>/family/candidates/", parts.family_candidates, name="family-candidates"),
    path("patients/<uuid:patient_id>/family/<uuid:relative_id>/unlink/", parts.unlink_family, name="unlink-family"),
    path("duplicates/", merging.duplicates, name="duplicates"),
    path("duplicates/<uuid:pair_id>/different/", merging.call_different, name="pair-different"),
    path("duplicates/<uuid:pair_id>/reopen/", merging.reopen_pair, name="pair-reopen"),
    path("patients/<uuid:patient_id>/merge/", merging.merge_with, name="merge-with"),
    path("patients/<uuid:patient_id>/merge/<uuid:other_id>/", merging.merge_two, name="merge-two"),
    path("merges/<uuid:merge_id>/", merging.merge, name="merge"),
    path("merges/<uuid:merge_id>/undo/", merging.undo_merge, name="merge-undo"),
    path("imports/", imports.imports, name="imports"),
    path("imports/tables/<slug:kind>/", imports.empty_table, name="empty-table"),
    path("imports/<uuid:batch_id>/", imports.batch, name="import"),
    path("imports/<uuid:batch_id>/columns/", imports.map_columns, name="import-columns"),
    path("imports/<uuid:batch_id>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<uuid:batch_id>/run/", imports.run, name="import-run"),
    path("imports/<uuid:batch_id>/reverse/", imports.reverse_batch, name="import-reverse"),
    path("imports/<uuid:batch_id>/discard/", imports.discard, name="import-discard"),
]
