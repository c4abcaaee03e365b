"""The interface for other programs, and the page of their keys."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from incisor.api import views
from incisor.api.views import tokens


class AnythingConverter(StringConverter):
    """All that follows, line breaks too: a program that asks for nonsense gets an answer that it can read."""

    regex = r"[\s\S]*"


register_converter(AnythingConverter, "anything")
app_name = "api"
urlpatterns = [
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/<anything:rest>", views.door, name="v1"),
    path("api-keys/", tokens.token_list, name="tokens"),
    path("api-keys/new/", tokens.token_new, name="token-new"),
    path("api-keys/<uuid:token_id>/end/", tokens.token_end, name="token-end"),
]
