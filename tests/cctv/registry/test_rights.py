"""One rule decides who sees a camera: every role against every sharing class, with and without a notice."""

from __future__ import annotations

from itertools import product

import pytest

from cctv import sharing
from cctv.models import Camera, Site, Still, Transition
from commandcenter.city.viewers import PUBLIC, Role, Viewer
from tests.factories.cctv import make_agency, make_camera

CLASSES = ("public", "partner", "internal", "restricted")
EVERY = frozenset(product(CLASSES, (True, False)))
NOTICED_OUTSIDE = frozenset({("public", True), ("partner", True)})
OFFICE = EVERY - {("restricted", True), ("restricted", False)}


def user(*roles: Role, sharing: tuple[str, ...] = (), agencies: tuple[int, ...] = ()) -> Viewer:
    return Viewer(
        kind="user",
        pk=1,
        name="x",
        roles=frozenset(roles),
        sharing=frozenset(sharing),
        agencies=frozenset(agencies),
    )


def machine(kind, *sharing: str) -> Viewer:
    return Viewer(kind=kind, pk=1, name="x", sharing=frozenset(sharing))


CASES = {
    "admin": (user(Role.ADMIN, sharing=CLASSES), EVERY),
    "mayor": (user(Role.MAYOR, sharing=CLASSES), EVERY),
    "operator": (user(Role.OPERATOR, sharing=CLASSES[:3]), OFFICE),
    "operator-restricted": (user(Role.OPERATOR, sharing=CLASSES), EVERY),
    "partner": (user(Role.PARTNER, sharing=CLASSES[:2]), NOTICED_OUTSIDE),
    "head-elsewhere": (user(Role.HEAD, agencies=(999_999,)), frozenset()),
    "no-role": (user(), frozenset()),
    "display": (machine("display", "public", "partner", "internal"), OFFICE),
    "display-public": (machine("display", "public"), frozenset({("public", True)})),
    "display-all": (machine("display", *CLASSES), EVERY),
    "token-partner": (machine("token", "public", "partner"), NOTICED_OUTSIDE),
    "token-none": (machine("token"), frozenset()),
    "token-restricted": (
        machine("token", "restricted"),
        frozenset({("restricted", True), ("restricted", False)}),
    ),
    "public": (PUBLIC, frozenset({("public", True)})),
}


@pytest.fixture
def fleet(db: None) -> list[Camera]:
    return [make_camera(sharing=kind, notice_posted=notice) for kind, notice in sorted(EVERY)]


@pytest.mark.parametrize("name", CASES)
def test_who_sees_which_camera(name: str, fleet: list[Camera]) -> None:
    viewer, expected = CASES[name]
    seen = {(c.sharing, c.notice_posted) for c in Camera.objects.visible_to(viewer)}
    assert seen == expected
    # The row's own property and the event scopes say the same as the query.
    for camera in fleet:
        allowed = (camera.sharing, camera.notice_posted) in expected
        assert (camera.effective_sharing in viewer.sharing) is allowed
        scopes = sharing.scopes_for(camera.sharing, camera.notice_posted, camera.agency_id)
        assert bool(scopes & sharing.scopes_of(viewer)) is allowed
    assert Site.objects.visible_to(viewer).count() == (
        len(expected) if viewer.sharing != frozenset(CLASSES) else len(fleet)
    )


def test_a_head_sees_own_agencies_of_every_class_and_nothing_else(fleet: list[Camera]) -> None:
    own = make_agency("disperindag")
    mine = [make_camera(agency=own, sharing=kind) for kind in CLASSES]
    viewer = user(Role.HEAD, agencies=(own.pk,))
    assert set(Camera.objects.visible_to(viewer)) == set(mine)
    assert sharing.scopes_of(viewer) == {f"agency-{own.pk}"}
    assert set(Site.objects.visible_to(viewer)) == {c.site for c in mine}


def test_history_and_pictures_are_as_visible_as_their_camera(fleet: list[Camera]) -> None:
    from django.utils import timezone

    now = timezone.now()
    for camera in fleet:
        Transition.objects.create(camera=camera, from_status="unknown", to_status="online", at=now)
        Still.objects.create(camera=camera, captured_at=now, bytes=1, sha256="0" * 64)
    for viewer, expected in CASES.values():
        for model in (Transition, Still):
            seen = {
                (row.camera.sharing, row.camera.notice_posted)
                for row in model.objects.visible_to(viewer).select_related("camera")
            }
            assert seen == expected


def test_looking_is_neither_exporting_nor_controlling(fleet: list[Camera]) -> None:
    viewer, expected = CASES["operator"]
    assert not Camera.objects.exportable_by(viewer) and not Camera.objects.controllable_by(viewer)
    able = Viewer(
        kind="user",
        pk=1,
        name="x",
        roles=viewer.roles,
        sharing=viewer.sharing,
        permissions=frozenset({sharing.EXPORT, sharing.CONTROL}),
    )
    assert Camera.objects.exportable_by(able).count() == len(expected)
    assert Camera.objects.controllable_by(able).count() == len(expected)
    # An admin who looks through an operator's eyes changes nothing.
    looking = Viewer(
        kind="user",
        pk=1,
        name="x",
        roles=viewer.roles,
        sharing=viewer.sharing,
        permissions=able.permissions,
        read_only=True,
    )
    assert not Camera.objects.controllable_by(looking)


def test_a_site_is_controlled_only_by_who_controls_all_its_cameras(db: None) -> None:
    camera = make_camera(sharing="internal")
    make_camera(site=camera.site, sharing="restricted")
    viewer = Viewer(
        kind="user",
        pk=1,
        name="x",
        roles=frozenset({Role.OPERATOR}),
        sharing=frozenset(CLASSES[:3]),
        permissions=frozenset({sharing.CONTROL}),
    )
    assert not Site.objects.controllable_by(viewer)
