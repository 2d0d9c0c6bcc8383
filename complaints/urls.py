"""Addresses of citizen reports: desks under /reports/, citizens under /lapor/."""

from __future__ import annotations

from django.urls import path

from complaints.open311.urls import urlpatterns as open311
from complaints.views import actions, desk, files, hooks, intake, public, report

app_name = "complaints"
urlpatterns = [
    path("reports/", desk.desk, name="desk"),
    path("reports/export.xlsx", desk.export, name="export"),
    path("reports/next/", desk.take_next, name="next"),
    path("reports/duty/", desk.duty, name="duty"),
    path("reports/new/", intake.new_report, name="new"),
    path("reports/112/", intake.call, name="call"),
    path("reports/112/tally/", intake.tally, name="tally"),
    path("reports/112/send/", intake.call_dispatch, name="call-dispatch"),
    path("reports/views/", desk.save_view, name="view-save"),
    path("reports/views/<int:pk>/delete/", desk.delete_view, name="view-delete"),
    path("reports/files/<uuid:mark>/", files.of_desk, name="file"),
    path("reports/files/<uuid:mark>/<str:size>/", files.of_desk, name="file-size"),
    path("reports/<str:number>/", report.report_page, name="report"),
    path("reports/<str:number>/move/", actions.move, name="move"),
    path("reports/<str:number>/assign/", actions.assign, name="assign"),
    path("reports/<str:number>/classify/", actions.classify, name="classify"),
    path("reports/<str:number>/locate/", actions.locate, name="locate"),
    path("reports/<str:number>/note/", actions.note, name="note"),
    path("reports/<str:number>/answer/", actions.answer, name="answer"),
    path("reports/<str:number>/claim/", actions.claim, name="claim"),
    path("reports/<str:number>/merge/", actions.merge, name="merge"),
    path("reports/<str:number>/unmerge/", actions.unmerge, name="unmerge"),
    path("reports/<str:number>/files/", files.attach, name="attach"),
    path("reports/<str:number>/secrecy/", actions.secrecy, name="secrecy"),
    path("hooks/<slug:slug>/", hooks.hook, name="hook"),
    *open311,
    path("lapor/", public.write, name="write"),
    path("lapor/cari/", public.find, name="find"),
    path("lapor/daftar/", public.public_list, name="list"),
    path("lapor/mirip.json", public.alike, name="alike"),
    path("lapor/privasi/", public.privacy, name="privacy"),
    path("lapor/berkas/", files.upload, name="upload"),
    path("lapor/berkas/<uuid:mark>/", files.of_public, name="public-file"),
    path("lapor/<str:number>/", public.public_page, name="public"),
    path("lapor/<str:number>/pin/", public.open_with_pin, name="public-pin"),
    path("lapor/<str:number>/data.json", public.own_data, name="own-data"),
    path("lapor/<str:number>/hapus/", public.erase, name="erase"),
    path("lapor/<str:number>/nilai/", public.rate, name="public-rate"),
]
