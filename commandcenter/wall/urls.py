"""Addresses of the wall: what screens open, what desks manage."""

from __future__ import annotations

from django.urls import path

from commandcenter.wall.views import displays, home, playlists, scenes, screen, shift, tiles

app_name = "wall"
urlpatterns = [
    path("wall/", screen.wall, name="wall"),
    path("wall/claim/", screen.claim, name="claim"),
    path("wall/scene/", screen.scene, name="scene"),
    path("wall/takeover/<slug:source>/<int:pk>/", screen.takeover, name="takeover"),
    path("wall/calibrate/", screen.calibrate, name="calibrate"),
    path("wall/tile/<int:scene>/<int:slot>/", screen.tile, name="scene-tile"),
    path("wall/layer/<str:key>.geojson", tiles.layer, name="layer"),
    path("wall/areas.geojson", tiles.areas, name="areas"),
    path("wall/land.geojson", tiles.land, name="land"),
    path("tile/<str:key>/", tiles.tile, name="tile"),
    path("desk/", home.operator_home, name="home-operator"),
    path("home/mayor/", home.mayor_home, name="home-mayor"),
    path("home/agency/", home.head_home, name="home-head"),
    path("home/partner/", home.partner_home, name="home-partner"),
    path("desk/wall/", home.desk_wall, name="desk-wall"),
    path("desk/wall/<int:pk>/", home.desk_wall, name="desk-wall-scene"),
    path("desk/shift-test/", shift.shift_test, name="shift-test"),
    path("desk/shift-test/flash/", shift.flash_screens, name="shift-flash"),
    path("desk/shift-test/screens/", shift.screen_answers, name="shift-screens"),
    path("desk/displays/", displays.display_list, name="displays"),
    path("desk/displays/pair/", displays.pair, name="pair"),
    path("desk/displays/new/", displays.edit, name="display-new"),
    path("desk/displays/<int:pk>/", displays.edit, name="display"),
    path("desk/displays/<int:pk>/programme/", displays.programme, name="display-programme"),
    path("desk/displays/<int:pk>/put-on/", displays.put_on, name="display-put-on"),
    path("desk/displays/<int:pk>/take-off/", displays.take_off, name="display-take-off"),
    path("desk/displays/<int:pk>/flash/", displays.flash, name="display-flash"),
    path("desk/displays/<int:pk>/revoke/", displays.revoke, name="display-revoke"),
    path("desk/displays/<int:pk>/delete/", displays.delete, name="display-delete"),
    path("desk/scenes/", scenes.scene_list, name="scenes"),
    path("desk/scenes/new/", scenes.create, name="scene-new"),
    path("desk/scenes/options/", scenes.options, name="scene-options"),
    path("desk/scenes/slot/", scenes.slot_fields, name="scene-slot"),
    path("desk/scenes/<int:pk>/", scenes.edit, name="scene-edit"),
    path("desk/scenes/<int:pk>/preview/", scenes.preview, name="scene-preview"),
    path("desk/scenes/<int:pk>/duplicate/", scenes.duplicate, name="scene-duplicate"),
    path("desk/scenes/<int:pk>/delete/", scenes.delete, name="scene-delete"),
    path("desk/playlists/", playlists.playlist_list, name="playlists"),
    path("desk/playlists/new/", playlists.edit, name="playlist-new"),
    path("desk/playlists/<int:pk>/", playlists.edit, name="playlist"),
    path("desk/playlists/<int:pk>/delete/", playlists.delete, name="playlist-delete"),
]
