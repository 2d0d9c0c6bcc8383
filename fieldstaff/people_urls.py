"""Addresses of people, phones and rosters, for administrators and agency heads."""

from __future__ import annotations

from django.urls import path

from fieldstaff.views import enrol, outages, people, phone_health, sheets

urlpatterns = [
    path("fieldstaff/people/", people.people, name="people"),
    path("fieldstaff/people/new/", people.person, name="person-new"),
    path("fieldstaff/people/timetable/", people.timetable, name="timetable"),
    path("fieldstaff/people/<int:officer>/", people.person, name="person"),
    path("fieldstaff/people/<int:officer>/leave/", people.add_leave, name="leave-add"),
    path("fieldstaff/people/<int:officer>/training/", people.add_training, name="training-add"),
    path("fieldstaff/leave/<int:leave>/end/", people.leave_end, name="leave-end"),
    path("fieldstaff/sheets/<slug:kind>/", sheets.sheet_page, name="sheet"),
    path("fieldstaff/sheets/<int:sheet>/back/", sheets.sheet_back, name="sheet-back"),
    path("fieldstaff/sheets/<slug:kind>/<slug:form>/", sheets.sheet_file, name="sheet-file"),
    path("fieldstaff/people/<int:officer>/phone/", enrol.enrol_officer, name="enrol"),
    path("fieldstaff/phones/<int:device>/", enrol.phone_page, name="phone-page"),
    path("fieldstaff/phones/<int:device>/<slug:verb>/", enrol.phone_act, name="phone-act"),
    path("fieldstaff/outages/<int:pk>/<slug:verb>/", outages.decide, name="outage-decide"),
    path("fieldstaff/phones/health/", phone_health.sick, name="sick"),
    path("fieldstaff/t/<str:token>/kesehatan/", phone_health.own_health, name="own-health"),
]
