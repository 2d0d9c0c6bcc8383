"""Addresses of the officers' app, all under /petugas/: its worker and its cookie go no further."""

from __future__ import annotations

from django.urls import path

from fieldstaff.views import pwa_app, pwa_brought, pwa_days, pwa_door, pwa_push, pwa_work

urlpatterns = [
    path("petugas/", pwa_app.shell, name="app"),
    path("petugas/sw.js", pwa_app.worker, name="app-worker"),
    path("petugas/app.webmanifest", pwa_app.manifest, name="app-manifest"),
    path("petugas/ikon-<int:size>.png", pwa_app.icon, name="app-icon"),
    path("petugas/ikon-<int:size>-penuh.png", pwa_app.icon, {"full": True}, name="app-icon-full"),
    path("petugas/masuk/", pwa_door.sign_in, name="app-sign-in"),
    path("petugas/keluar/", pwa_door.sign_out, name="app-sign-out"),
    path("petugas/keadaan.json", pwa_door.state, name="app-state"),
    path("petugas/kirim/", pwa_door.send, name="app-send"),
    path("petugas/kejadian/", pwa_brought.incident, name="app-incident"),
    path("petugas/air/", pwa_brought.water_level, name="app-water"),
    path("petugas/tugas.json", pwa_work.orders, name="app-orders"),
    path("petugas/tugas/<int:pk>/langkah/", pwa_work.step, name="app-step"),
    path("petugas/tugas/<int:pk>/foto/", pwa_work.photo, name="app-photo"),
    path("petugas/tugas/<int:pk>/serahkan/", pwa_work.pass_on, name="app-pass-on"),
    path("petugas/hari.json", pwa_days.own, name="app-days"),
    path("petugas/dilihat.json", pwa_days.looks, name="app-looks"),
    path("petugas/keberatan/", pwa_days.objection, name="app-objection"),
    path("petugas/apel/", pwa_days.roll_call, name="app-roll-call"),
    path("petugas/kabari/", pwa_push.subscription, name="app-push"),
    path("petugas/kabari/berhenti/", pwa_push.unsubscribe, name="app-push-end"),
    path("petugas/pin/", pwa_brought.pin, name="app-pin"),
    path("petugas/sos/<str:key>.json", pwa_brought.call, name="app-call"),
    path("petugas/sos/<str:key>/selesai/", pwa_brought.take_back, name="app-take-back"),
]
