"""Pages of the portal. Each opens by a link of one purpose (messaging.enums.LinkPurpose), whose value is in the path."""

from django.urls import path

from incisor.portal import views
from incisor.portal.views import after, check_in, forms, kiosk, offers

app_name = "portal"
urlpatterns = [
    path("p/a/<str:token>/", views.answer, name="answer"),
    path("p/a/<str:token>/<uuid:which>/come/", views.confirm, name="confirm"),
    path("p/a/<str:token>/<uuid:which>/cancel/", views.cancel, name="cancel"),
    path("p/a/<str:token>/<uuid:which>/other-time/", views.other_time, name="other-time"),
    path("p/a/<str:token>/<uuid:which>/here/", check_in.here, name="here"),
    path("p/a/<str:token>/<uuid:which>/call-me/", views.call_me, name="call-me"),
    path("p/f/<str:token>/", forms.forms, name="forms"),
    path("p/f/<str:token>/<uuid:given_id>/", forms.form, name="form"),
    path("p/f/<str:token>/<uuid:given_id>/save/", forms.form_save, name="form-save"),
    path("p/f/<str:token>/<uuid:given_id>/sign/", forms.form_sign, name="form-sign"),
    path("p/o/<str:token>/", offers.offer, name="offer"),
    path("p/i/<str:token>/", after.sheets, name="sheets"),
    path("p/s/<str:token>/", after.survey, name="survey"),
    path("p/c/<str:token>/", check_in.check_in, name="check-in"),
    path("kiosk/<str:token>/", kiosk.kiosk, name="kiosk"),
    path("p/<str:purpose>/<str:token>/", views.unknown, name="unknown"),
]
