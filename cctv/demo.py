"""The demo's cameras in the register; what they look like is the simulator's part (`cctv.demo_cameras`)."""

from __future__ import annotations

import math
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from cctv import demo_cameras
from cctv.demo_cameras import CAMERAS, SITES, DemoCamera, DemoSite
from cctv.demo_past import invent
from cctv.models import Camera, CameraGroup, DataPackage, DeviceModel, Site, Still, Transition
from cctv.services import register_camera, save_camera
from commandcenter import demo
from commandcenter.city import kept
from commandcenter.city.areas import ensure_area
from commandcenter.city.models import Agency
from commandcenter.city.origin import Source
from markets.models import Market

METRES_PER_DEGREE = 111_320
PURPOSE = "Pemantauan keamanan dan ketertiban tempat umum"
BASIS = "UU 27/2022 Pasal 17 ayat (1)"
PLACE = {"street": "street", "office": "service", "dump": "dump"}
# brand, model, address template
MODELS = (
    ("Hikvision", "DS-2CD1043", "hikvision"),
    ("Dahua", "IPC-HFW1431S", "dahua"),
    ("Uniview", "IPC2124", "uniview"),
    ("TP-Link", "VIGI C340", "vigi"),
    ("Axis", "M3085-V", "axis"),
    ("EZVIZ", "H3c", "ezviz"),
    ("Reolink", "Go PT", "reolink"),
)
# name, provider, MB a month, Rp a month (rounded list prices of 2026, for the demo only)
PACKAGES = (
    ("Telkomsel IoT 30 GB", "Telkomsel", 30_000, 105_000),
    ("Telkomsel IoT 40 GB", "Telkomsel", 40_000, 130_000),
    ("Indosat M2M 20 GB", "Indosat", 20_000, 75_000),
    ("Indosat M2M 25 GB", "Indosat", 25_000, 90_000),
    ("XL Business 50 GB", "XL", 50_000, 150_000),
    ("XL Business 60 GB", "XL", 60_000, 175_000),
)
GROUPS = (
    ("pasar", "Pasar", "market"),
    ("jalan", "Jalan dan simpang", "street"),
    ("layanan", "Kantor layanan", "office"),
)
AGENCIES = {
    "disperindag": ("Dinas Koperasi, Perindustrian dan Perdagangan", "Diskoperindag"),
    "dishub": ("Dinas Perhubungan", "Dishub"),
    "dpmptsp": ("Dinas Penanaman Modal dan PTSP", "DPMPTSP"),
    "disdukcapil": ("Dinas Kependudukan dan Pencatatan Sipil", "Disdukcapil"),
    "dlh": ("Dinas Lingkungan Hidup", "DLH"),
    "kec-kramatwatu": ("Kecamatan Kramatwatu", "Kec. Kramatwatu"),
}


def seed() -> None:
    """Registers what is missing; the simulator's host:port pairs must be on the allow-list."""
    rtsp, http = demo_cameras.addresses(settings.CAMERA_ALLOW_HOSTS)
    if not {rtsp, http} <= set(settings.CAMERA_ALLOW_HOSTS):
        raise CommandError(f"The demo's cameras need CC_CAMERA_ALLOW_HOSTS={rtsp},{http} (`up` sets it).")
    _lists()
    for place in SITES:
        if not Site.objects.filter(code=place.code).exists():
            _site(place)
    known = {camera.code: camera for camera in Camera.objects.all()}
    for row in CAMERAS:
        if row.code not in known:
            invent(_camera(row, rtsp, http))
        elif known[row.code].is_simulated:
            _follow(known[row.code], row, rtsp, http)


def _follow(camera: Camera, row: DemoCamera, rtsp: str, http: str) -> None:
    """The simulator may stand on other ports than last time; its cameras go along."""
    urls = demo_cameras.urls(row, rtsp, http)
    if any(getattr(camera, name) != url for name, url in urls.items()):
        for name, url in urls.items():
            setattr(camera, name, url)
        save_camera(by=None, camera=camera, username=row.user, password=row.secret)


def _lists() -> None:
    """Models, packages and groups."""
    for brand, name, template in MODELS:
        DeviceModel.objects.get_or_create(
            brand=brand, name=name, defaults={"template": template, "origin": Source.SIMULATED}
        )
    for name, provider, megabytes, price in PACKAGES:
        values = {"provider": provider, "mb_per_month": megabytes, "price": price}
        DataPackage.objects.get_or_create(name=name, defaults={**values, "origin": Source.SIMULATED})
    for code, name, _scene in GROUPS:
        CameraGroup.objects.get_or_create(code=code, defaults={"name": name, "origin": Source.SIMULATED})


def _keep_what_people_changed() -> None:
    """A changed camera stays once it has an address of its own: the simulator's picture is nobody's."""
    kept.keep_edited(Site, DeviceModel, DataPackage, CameraGroup)
    for camera in Camera.objects.filter(origin=Source.SIMULATED, pk__in=kept.edited(Camera)):
        urls = [url for url in (camera.main_url, camera.sub_url, camera.still_url) if url]
        if not any(urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"} for url in urls):
            kept.keep(Camera.objects.filter(pk=camera.pk))


def purge() -> None:
    """Removes the demo's cameras with their history and pictures, then what nothing real hangs on."""
    _keep_what_people_changed()
    cameras = Camera.objects.filter(origin=Source.SIMULATED)
    for still in Still.objects.filter(camera__in=cameras).only("file").iterator():
        if still.file:
            # Files have no way back: they leave once the rows have.
            transaction.on_commit(partial(still.file.storage.delete, still.file.name))
    Still.objects.filter(camera__in=cameras).delete()
    Transition.objects.filter(camera__in=cameras).delete()
    cameras.delete()
    for model in (Site, DeviceModel, DataPackage, CameraGroup):
        simulated = model.objects.filter(origin=Source.SIMULATED)
        simulated.filter(cameras__isnull=True).delete()
        # Real cameras hang on the rest.
        simulated.update(origin=Source.REAL)


def _agency(code: str) -> Agency:
    name, short = AGENCIES[code]
    defaults = {"name": name, "short_name": short, "origin": Source.SIMULATED}
    return Agency.objects.get_or_create(code=code, defaults=defaults)[0]


def _site(place: DemoSite) -> Site:
    site = Site(
        code=place.code, name=place.name, kind=place.kind, area=ensure_area(place.area),
        lat=place.lat, lng=place.lng, office=place.office,
        market=Market.objects.filter(code=place.market).first() if place.market else None,
        link="metered" if place.metered else "unmetered", link_mbps=place.mbps,
        monthly_mb=place.monthly_mb, origin=Source.SIMULATED,
    )  # fmt: skip
    site.full_clean()
    site.save()
    return site


def _camera(row: DemoCamera, rtsp: str, http: str) -> Camera:
    site = Site.objects.get(code=row.site)
    model = next(m for m in MODELS if f"{m[0]} {m[1]}" == row.model)
    trial = timezone.localdate() + timedelta(days=row.trial_days) if row.trial_days else None
    east = METRES_PER_DEGREE * math.cos(math.radians(site.lat))
    return register_camera(
        by=None, origin=Source.SIMULATED, code=row.code, name=f"{site.name} - {row.name}",
        site=site, agency=_agency(row.agency), area=site.area,
        lat=round(site.lat + row.north_m / METRES_PER_DEGREE, 6),
        lng=round(site.lng + row.east_m / east, 6),
        direction=row.direction, fov=row.fov, place_kind=PLACE.get(row.scene, "market"),
        programme=row.programme, phase="trial" if trial else "permanent", trial_until=trial,
        sharing=row.sharing, notice_posted=row.notice, purpose=PURPOSE, lawful_basis=BASIS,
        device_model=DeviceModel.objects.get(brand=model[0], name=model[1]),
        data_package=DataPackage.objects.get(name=row.package) if row.package else None,
        capture_mode=row.mode, transport=row.transport, codec_hint="" if row.codec == "mjpeg" else row.codec,
        wall_interval=row.wall_interval, username=row.user, password=row.secret,
        groups=CameraGroup.objects.filter(code__in=[c for c, _n, scene in GROUPS if scene == row.scene]),
        **demo_cameras.urls(row, rtsp, http),
    )  # fmt: skip


demo.register(demo.Demo(key="cctv", order=30, seed=seed, purge=purge))
