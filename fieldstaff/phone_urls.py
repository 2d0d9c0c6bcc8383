"""The doors of phones: part of the city's pages, and all that the phones' own process serves."""

from django.urls import path

from fieldstaff.views import intake

app_name = "fieldstaff"
urlpatterns = [
    path("fieldstaff/t/<str:token>/", intake.phone, name="phone"),
    # Without the slash: phones follow no redirect with their body.
    path("fieldstaff/t/<str:token>", intake.phone),
    path("fieldstaff/owntracks", intake.owntracks_http, name="owntracks"),
    path("fieldstaff/api/v1/batch", intake.own_batch, name="batch"),
]
