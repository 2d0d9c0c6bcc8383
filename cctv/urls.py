"""Addresses of the camera pages."""

from __future__ import annotations

from django.urls import path

from cctv.views import actions, camera, coverage, listing, stills, trial

app_name = "cctv"
urlpatterns = [
    path("cctv/", listing.camera_list, name="list"),
    path("cctv/export.<str:kind>", listing.export, name="export"),
    path("cctv/views/", listing.save_view, name="view-save"),
    path("cctv/views/<int:pk>/delete/", listing.delete_view, name="view-delete"),
    path("cctv/trial/", trial.trial_page, name="trial"),
    path("cctv/trial/export.xlsx", trial.trial_sheet, name="trial-sheet"),
    path("cctv/trial/export.pdf", trial.trial_paper, name="trial-paper"),
    path("cctv/coverage/", coverage.coverage_page, name="coverage"),
    path("cctv/<int:pk>/", camera.camera_page, name="camera"),
    path("cctv/<int:pk>/stills/<int:still>.jpg", stills.still_image, name="still"),
    path("cctv/<int:pk>/stills/<int:still>/hold/", stills.hold, name="still-hold"),
    path("cctv/<int:pk>/stills/<int:still>/release/", stills.release, name="still-release"),
    path("cctv/<int:pk>/pause/", actions.pause, name="pause"),
    path("cctv/<int:pk>/resume/", actions.resume, name="resume"),
    path("cctv/<int:pk>/test/", actions.test, name="test"),
    path("cctv/<int:pk>/test/state/", actions.test_state, name="test-state"),
    path("cctv/<int:pk>/maintenance/", actions.begin_work, name="work-begin"),
    path("cctv/<int:pk>/maintenance/<int:window>/end/", actions.finish_work, name="work-finish"),
    path("cctv/<int:pk>/obstacle/", actions.note, name="note"),
    path("cctv/<int:pk>/accept-view/", actions.accept_view, name="accept-view"),
]
