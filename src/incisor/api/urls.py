"""The interface for other programs, and the page of their keys."""

from django.urls import path

from incisor.api import views
from incisor.api.views import tokens

app_name = "api"
urlpatterns = [
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/<path:rest>", views.door, name="v1"),
    path("api-keys/", tokens.token_list, name="tokens"),
    path("api-keys/new/", tokens.token_new, name="token-new"),
    path("api-keys/<uuid:token_id>/end/", tokens.token_end, name="token-end"),
]
