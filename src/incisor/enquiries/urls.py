"""Pages of the telephone, of enquiries and of answers; the door of the telephone system."""

from django.urls import path

from incisor.enquiries.views import answers, calls, leads, notes, telephone

app_name = "enquiries"
urlpatterns = [
    path("calls/", notes.call_log, name="calls"),
    path("calls/ringing/", calls.ringing, name="ringing"),
    path("calls/take/", calls.take, name="take"),
    path("calls/take-and-book/", calls.take_and_book, name="take-and-book"),
    path("calls/by-hand/", calls.by_hand, name="by-hand"),
    path("calls/<uuid:phone_call_id>/", calls.call, name="call"),
    path("calls/<uuid:phone_call_id>/end/", calls.end, name="end-call"),
    path("call-notes/new/", notes.new, name="note-new"),
    path("call-notes/<uuid:note_id>/", notes.note, name="note"),
    path("call-notes/<uuid:note_id>/settle/", notes.settle, name="note-settle"),
    path("call-notes/<uuid:note_id>/hand-on/", notes.hand_on, name="note-hand-on"),
    path("call-notes/<uuid:note_id>/reopen/", notes.reopen, name="note-reopen"),
    path("call-notes/<uuid:note_id>/undo/", notes.undo, name="note-undo"),
    path("patients/<uuid:patient_id>/calls/", notes.of_patient, name="patient-calls"),
    path("leads/", leads.leads, name="leads"),
    path("leads/new/", leads.new, name="lead-new"),
    path("leads/figures/", leads.figures, name="lead-figures"),
    path("leads/<uuid:lead_id>/", leads.lead, name="lead"),
    path("leads/<uuid:lead_id>/move/", leads.move, name="lead-move"),
    path("leads/<uuid:lead_id>/register/", leads.register, name="lead-register"),
    path("answers/", answers.answers, name="answers"),
    path("answers/new/", answers.new, name="answer-new"),
    path("answers/load/", answers.load, name="answers-load"),
    path("answers/<uuid:answer_id>/", answers.answer, name="answer"),
    path("answers/<uuid:answer_id>/hide/", answers.hide, name="answer-hide"),
    path("telephone/<str:token>/", telephone.report, name="telephone"),
]
