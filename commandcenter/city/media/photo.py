"""A photo made anew: decoded under limits, turned upright, written without a byte of metadata.

The place in its EXIF is read once, as a suggestion to its reporter, and is in nothing that is served.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pi_heif import as_plugin
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from commandcenter.city.media.problems import Problem, Refused

__all__ = ["Photo", "Problem", "Refused", "make", "poster"]

as_plugin.register_heif_opener(thumbnails=False)
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOST_PIXELS = 50_000_000
LONGEST, THUMB = 1600, 360
QUALITY, THUMB_QUALITY = 84, 78


@dataclass(frozen=True, slots=True)
class Photo:
    """Two JPEGs and what the original knew: sizes in pixels, place in degrees, local time of the camera."""

    served: bytes
    thumb: bytes
    width: int
    height: int
    lat: float | None = None
    lng: float | None = None
    taken_at: datetime | None = None


def make(original: bytes) -> Photo:
    """Raises Refused, and MemoryError where there is a limit; never anything else for any bytes."""
    if not original:
        raise Refused(Problem.EMPTY)
    try:
        return _made(original)
    except (Refused, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise Refused(Problem.TOO_MANY_PIXELS) from None
    except Exception:  # a decoder may raise whatever a crafted file makes it raise
        raise Refused(Problem.UNDECODABLE) from None


def _made(original: bytes) -> Photo:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image: Image.Image = Image.open(io.BytesIO(original), formats=FORMATS)
        except UnidentifiedImageError:
            raise Refused(Problem.TYPE) from None
        if image.width * image.height > MOST_PIXELS:
            raise Refused(Problem.TOO_MANY_PIXELS)
        image.draft("RGB", (LONGEST * 2, LONGEST * 2))
        image.load()
        exif = image.getexif()
        lat, lng = _place(exif)
        taken = _moment(exif)
        upright = _flat(ImageOps.exif_transpose(image))
    upright.thumbnail((LONGEST, LONGEST))
    served = _jpeg(upright, QUALITY)
    return Photo(served, small_jpeg(upright), upright.width, upright.height, lat, lng, taken)


def small_jpeg(image: Image.Image) -> bytes:
    """What lists show of ``image``."""
    small = image.copy()
    small.thumbnail((THUMB, THUMB))
    return _jpeg(small, THUMB_QUALITY)


def poster(image: Image.Image) -> tuple[bytes, bytes]:
    """The still of a video, large and small."""
    return _jpeg(image, QUALITY), small_jpeg(image)


def _flat(image: Image.Image) -> Image.Image:
    """Three colours, transparency on white, nothing else kept."""
    if image.mode in {"RGBA", "LA", "P", "PA"}:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _place(exif: Image.Exif) -> tuple[float | None, float | None]:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
        lng = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    except (KeyError, ValueError, TypeError, ZeroDivisionError, IndexError):
        return None, None
    good = -90 <= lat <= 90 and -180 <= lng <= 180 and (lat, lng) != (0.0, 0.0)
    return (lat, lng) if good else (None, None)


def _degrees(parts: Any, side: str, negative: str) -> float:
    value = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -value if str(side).strip().upper() == negative else value


def _moment(exif: Image.Exif) -> datetime | None:
    """The camera's own clock, which knows no zone."""
    day, _space, clock = str(exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)).partition(
        " "
    )
    try:
        return datetime.fromisoformat(f"{day.replace(':', '-')}T{clock}").replace(tzinfo=None)
    except ValueError:
        return None
