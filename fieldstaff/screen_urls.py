"""Addresses of the operators' screens of officers."""

from django.urls import path

from fieldstaff.views import listing, month, officer, team, trail

urlpatterns = [
    path("officers/", listing.officers, name="officers"),
    path("officers/export/<str:kind>/", listing.export, name="officers-export"),
    path("officers/team/", team.team, name="team"),
    path("officers/looks/", trail.looks, name="looks"),
    path("officers/month/", month.month, name="month"),
    path("officers/month/export/<str:kind>/", month.export, name="month-export"),
    path("officers/<int:pk>/", officer.officer, name="officer"),
    path("officers/<int:pk>/look/", trail.look, name="trail-look"),
    path("officers/<int:pk>/trail/", trail.points, name="trail"),
]
