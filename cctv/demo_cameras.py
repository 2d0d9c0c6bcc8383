"""The demo city's cameras, as plain data for both sides: the register (`cctv.demo`) and the simulator.

``python -m cctv.demo_cameras > camsim.json`` writes the simulator's configuration. Host and ports come from
``CC_CAMERA_ALLOW_HOSTS`` (RTSP first, HTTP second), so that the two sides cannot disagree.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from commandcenter import env

HOST, RTSP_PORT, HTTP_PORT = "127.0.0.1", 18554, 18080
# Characters that break a URL when they are pasted into one.
NASTY = "p@ss:w/o#r?d%41&é"


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A place. ``market`` is a code of `markets.demo`, whose point it then shares."""

    code: str
    name: str
    area: str
    kind: str
    lat: float
    lng: float
    market: str = ""
    office: str = ""
    metered: bool = False
    mbps: float = 20.0
    monthly_mb: int | None = None


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """A camera. ``login`` is "none", "basic" or "digest"; ``scene`` is the simulator's picture."""

    code: str
    site: str
    name: str
    mode: str
    agency: str
    scene: str = "market"
    codec: str = "h264"
    look: str = "day"
    login: str = "digest"
    password: str = "Serang-2026"  # noqa: S105 (a demo camera on loopback)
    transport: str = "tcp"
    sub: bool = True
    direction: int = 0
    fov: int = 90
    north_m: int = 0
    east_m: int = 0
    sharing: str = "internal"
    notice: bool = True
    trial_days: int = 0
    programme: str = "Pantau Pasar"
    model: str = "Hikvision DS-2CD1043"
    package: str = ""
    gop_s: int = 2
    wall_interval: int = 10

    @property
    def user(self) -> str:
        """The login's user; simulator and register take it from here."""
        return "" if self.login == "none" else "viewer"

    @property
    def secret(self) -> str:
        """The login's password, or nothing."""
        return "" if self.login == "none" else self.password


STREET = "Uji Coba CCTV Jalan 2026"
# fmt: off
SITES = (
    DemoSite("pasar-petir", "Pasar Petir", "36.04.19", "market", -6.224, 106.202, "petir"),
    DemoSite("pasar-baros", "Pasar Baros", "36.04.22", "market", -6.226, 106.121, "baros"),
    DemoSite("pasar-kragilan", "Pasar Kragilan", "36.04.11", "market", -6.151, 106.280, "kragilan"),
    DemoSite(
        "pasar-tirtayasa", "Pasar Tirtayasa", "36.04.13", "market", -6.017, 106.329, "tirtayasa",
        metered=True, mbps=4, monthly_mb=30_000,
    ),
    DemoSite(
        "pasar-kopo", "Pasar Kopo", "36.04.25", "market", -6.326, 106.377, "kopo",
        metered=True, mbps=4, monthly_mb=20_000,
    ),
    DemoSite("pasar-anyer", "Pasar Anyer", "36.04.30", "market", -6.056, 105.920, "anyer"),
    DemoSite("pasar-padarincang", "Pasar Padarincang", "36.04.29", "market", -6.214, 105.951, "padarincang"),
    DemoSite("pasar-pamarayan", "Pasar Pamarayan", "36.04.24", "market", -6.277, 106.302, "pamarayan"),
    DemoSite("pasar-ciruas", "Pasar Ciruas", "36.04.09", "market", -6.128, 106.239, "ciruas"),
    DemoSite("pasar-kibin", "Pasar Kibin", "36.04.16", "market", -6.157, 106.314, "kibin"),
    DemoSite(
        "pasar-bojonegara", "Pasar Bojonegara", "36.04.07", "market", -5.971, 106.096, "bojonegara",
        metered=True, mbps=6, monthly_mb=50_000,
    ),
    DemoSite("simpang-ciruas", "Simpang Ciruas", "36.04.09", "street", -6.126, 106.234),
    DemoSite(
        "simpang-kragilan", "Simpang Kragilan", "36.04.11", "street", -6.138, 106.292,
        metered=True, mbps=5, monthly_mb=40_000,
    ),
    DemoSite("simpang-cikande", "Simpang Asem Cikande", "36.04.15", "street", -6.191, 106.346),
    DemoSite(
        "simpang-kramatwatu", "Simpang Kramatwatu", "36.04.05", "street", -6.059, 106.102,
        metered=True, mbps=5, monthly_mb=60_000,
    ),
    DemoSite(
        "simpang-cinangka", "Pertigaan Cinangka", "36.04.31", "street", -6.129, 105.879,
        metered=True, mbps=3, monthly_mb=25_000,
    ),
    DemoSite("simpang-baros", "Pertigaan Baros", "36.04.22", "street", -6.223, 106.118),
    DemoSite(
        "mpp-serang", "Mal Pelayanan Publik", "36.04.09", "service", -6.121, 106.231,
        office="Mal Pelayanan Publik Kabupaten Serang",
    ),
    DemoSite(
        "kantor-kramatwatu", "Kantor Kecamatan Kramatwatu", "36.04.05", "office", -6.061, 106.106,
        office="Kecamatan Kramatwatu",
    ),
    DemoSite("tpsa-bojong-menteng", "TPSA Bojong Menteng", "36.04.20", "dump", -6.281, 106.261),
)

_HELD: dict[str, Any] = {"mode": "rtsp_held", "agency": "disperindag"}
_ONDEMAND: dict[str, Any] = {"mode": "rtsp_on_demand", "agency": "disperindag"}
_STILL: dict[str, Any] = {"mode": "http_still", "agency": "disperindag"}
_STREET: dict[str, Any] = {
    "agency": "dishub", "scene": "street", "trial_days": 40, "programme": STREET, "sharing": "public",
}
_OFFICE: dict[str, Any] = {
    "mode": "rtsp_held", "scene": "office", "programme": "Pantau Layanan", "model": "Axis M3085-V",
}

CAMERAS = (
    DemoCamera("petir-pintu", "pasar-petir", "Pintu utama", direction=20, sharing="partner", **_HELD),
    DemoCamera("petir-los", "pasar-petir", "Los sayur", direction=200, east_m=40, **_ONDEMAND),
    DemoCamera("baros-pintu", "pasar-baros", "Pintu utama", direction=90, sharing="public", **_HELD),
    DemoCamera(
        "baros-parkir", "pasar-baros", "Parkir dan bongkar muat", direction=270, east_m=-60,
        codec="h265", model="Uniview IPC2124", **_ONDEMAND,
    ),
    DemoCamera("kragilan-pintu", "pasar-kragilan", "Gerbang", direction=180, sharing="partner", **_HELD),
    DemoCamera(
        "kragilan-bongkar", "pasar-kragilan", "Bongkar muat", direction=45, north_m=50, look="dusk",
        password=NASTY, **_HELD,
    ),
    DemoCamera(
        "tirtayasa-los", "pasar-tirtayasa", "Los ikan", direction=120, login="basic", sub=False,
        model="TP-Link VIGI C340", package="Telkomsel IoT 30 GB", wall_interval=20, **_STILL,
    ),
    DemoCamera(
        "kopo-pintu", "pasar-kopo", "Pintu utama", direction=300, sub=False, wall_interval=30,
        model="TP-Link VIGI C340", package="Indosat M2M 20 GB", **_STILL,
    ),
    DemoCamera("anyer-pintu", "pasar-anyer", "Pintu barat", direction=250, sharing="partner", **_HELD),
    DemoCamera(
        "anyer-ikan", "pasar-anyer", "Pelelangan ikan", direction=310, north_m=70, codec="mjpeg",
        mode="mjpeg", agency="disperindag", login="basic", model="Axis M3085-V",
    ),
    DemoCamera("padarincang-los", "pasar-padarincang", "Los tengah", direction=10, notice=False, **_HELD),
    DemoCamera(
        "padarincang-parkir", "pasar-padarincang", "Parkir", direction=140, east_m=55, password=NASTY,
        model="Dahua IPC-HFW1431S", **_STILL,
    ),
    DemoCamera("pamarayan-pagi", "pasar-pamarayan", "Gerbang pagi", direction=75, **_ONDEMAND),
    DemoCamera(
        "pamarayan-malam", "pasar-pamarayan", "Los malam", direction=255, look="night", north_m=-45,
        sharing="partner", notice=False, **_ONDEMAND,
    ),
    DemoCamera(
        "ciruas-pintu", "pasar-ciruas", "Pintu utama", direction=160, codec="h265",
        model="Uniview IPC2124", **_HELD,
    ),
    DemoCamera("ciruas-los", "pasar-ciruas", "Los daging", direction=340, east_m=35, **_ONDEMAND),
    DemoCamera(
        "kibin-pintu", "pasar-kibin", "Pintu utama", direction=80, login="none", sub=False,
        model="Dahua IPC-HFW1431S", **_STILL,
    ),
    DemoCamera(
        "bojonegara-pintu", "pasar-bojonegara", "Pintu utama", direction=30, codec="mjpeg", mode="mjpeg",
        agency="disperindag", package="XL Business 50 GB", model="EZVIZ H3c", wall_interval=20,
    ),
    DemoCamera(
        "simpang-ciruas-timur", "simpang-ciruas", "Arah Tangerang", mode="rtsp_held", direction=95,
        model="Dahua IPC-HFW1431S", **_STREET,
    ),
    DemoCamera(
        "simpang-ciruas-barat", "simpang-ciruas", "Arah Kota Serang", mode="rtsp_on_demand", direction=275,
        east_m=-25, model="Dahua IPC-HFW1431S", **_STREET,
    ),
    DemoCamera(
        "simpang-kragilan", "simpang-kragilan", "Arah pasar", mode="http_still", direction=60,
        sub=False, model="EZVIZ H3c", package="Telkomsel IoT 40 GB", wall_interval=20, **_STREET,
    ),
    DemoCamera(
        "simpang-cikande", "simpang-cikande", "Arah Kibin", mode="rtsp_on_demand", direction=330,
        gop_s=5, model="Hikvision DS-2CD1043", **_STREET,
    ),
    DemoCamera(
        "simpang-kramatwatu", "simpang-kramatwatu", "Arah Bojonegara", mode="hls", direction=15,
        login="none", sub=False, model="Reolink Go PT", package="XL Business 60 GB", **_STREET,
    ),
    DemoCamera(
        "simpang-cinangka", "simpang-cinangka", "Arah pantai", mode="http_still", direction=225,
        sub=False, model="Reolink Go PT", package="Indosat M2M 25 GB", wall_interval=30, **_STREET,
    ),
    DemoCamera(
        "simpang-baros", "simpang-baros", "Arah Pandeglang", mode="rtsp_on_demand", direction=190,
        look="dusk", transport="udp", model="Hikvision DS-2CD1043", **_STREET,
    ),
    DemoCamera("mpp-antrean", "mpp-serang", "Antrean loket", agency="dpmptsp", direction=0, **_OFFICE),
    DemoCamera(
        "mpp-dukcapil", "mpp-serang", "Loket Dukcapil", agency="disdukcapil", direction=180,
        sharing="restricted", **_OFFICE,
    ),
    DemoCamera(
        "kramatwatu-loket", "kantor-kramatwatu", "Loket pelayanan", agency="kec-kramatwatu", direction=90,
        **_OFFICE,
    ),
    DemoCamera(
        "tpsa-gerbang", "tpsa-bojong-menteng", "Gerbang dan jembatan timbang", mode="http_still",
        agency="dlh", scene="dump", direction=135, sub=False, programme="Pantau Sampah",
        model="Hikvision DS-2CD1043",
    ),
)
# fmt: on


def addresses(allowed: list[str]) -> tuple[str, str]:
    """``("host:port" for RTSP, "host:port" for HTTP)`` from the allow-list that ``up`` writes."""
    if len(allowed) >= 2:
        return allowed[0], allowed[1]
    return f"{HOST}:{RTSP_PORT}", f"{HOST}:{HTTP_PORT}"


def urls(camera: DemoCamera, rtsp: str, http: str) -> dict[str, str]:
    """The register's three addresses of a camera at those "host:port" pairs."""
    main, sub, still = f"rtsp://{rtsp}/{camera.code}", "", f"http://{http}/{camera.code}/still.jpg"
    if camera.mode == "mjpeg":
        main = f"http://{http}/{camera.code}/mjpeg"
    elif camera.mode == "hls":
        main = f"http://{http}/{camera.code}/hls/index.m3u8"
    elif camera.mode != "http_still" and camera.sub:
        sub = f"{main}/sub"
    return {"main_url": main, "sub_url": sub, "still_url": still if camera.mode == "http_still" else ""}


def simulator(allowed: list[str]) -> dict[str, Any]:
    """The simulator's configuration: the same cameras, logins and ports."""
    rtsp, http = (pair.rpartition(":") for pair in addresses(allowed))
    sites = {site.code: site for site in SITES}
    return {
        "host": rtsp[0],
        "rtsp_port": int(rtsp[2]),
        "http_port": int(http[2]),
        "data": "camsim",
        "cameras": [
            {
                "key": camera.code,
                "scene": camera.scene,
                "seed": number,
                "label": f"{sites[camera.site].name} - {camera.name}",
                "look": camera.look,
                "codec": camera.codec,
                "gop_s": camera.gop_s,
                "user": camera.user,
                "password": camera.secret,
                "auth": camera.login,
            }
            for number, camera in enumerate(CAMERAS, 1)
        ],
    }


def main() -> None:
    """Writes the configuration to standard output."""
    json.dump(simulator(env.words("CAMERA_ALLOW_HOSTS")), sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
