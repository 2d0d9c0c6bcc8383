"""Addresses of the alarm pages."""

from __future__ import annotations

from django.urls import path

from commandcenter.incidents.views import actions, pages

app_name = "incidents"
urlpatterns = [
    path("alarms/", pages.alarm_list, name="alarms"),
    path("alarms/export.xlsx", pages.alarm_sheet, name="export"),
    path("alarms/drill/", actions.start_drill, name="drill"),
    path("alarms/<int:pk>/", pages.alarm_page, name="alarm"),
    path("alarms/<int:pk>/acknowledge/", actions.acknowledge, name="acknowledge"),
    path("alarms/<int:pk>/snooze/", actions.snooze, name="snooze"),
    path("alarms/<int:pk>/return/", actions.bring_back, name="return"),
    path("alarms/<int:pk>/forward/", actions.forward, name="forward"),
    path("alarms/<int:pk>/clear/", actions.clear, name="clear"),
]
