"""Pages that belong to no app."""

from django.urls import path
from django.views.i18n import set_language

from incisor.kernel import views

app_name = "kernel"
urlpatterns = [
    path("healthz/", views.healthz, name="healthz"),
    path("language/", set_language, name="set-language"),
]
