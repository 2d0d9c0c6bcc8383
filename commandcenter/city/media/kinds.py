"""What a file is, by its own first bytes; its name and its sender's word may only agree.

They need not name the same format (messengers call every picture .jpg, and telephones every video .mp4),
but a picture that calls itself a program, a page or a video is a trick or a mistake: nothing to show.
Brands: ISO/IEC 14496-12 (ftyp), 23008-12 (HEIF), 3GPP TS 26.244, QuickTime File Format.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath

from commandcenter.city.media.problems import Problem, Refused

HEAD = 512
"""Bytes that `sniff` needs."""


class Kind(StrEnum):
    """What we take."""

    PHOTO = "photo"
    VIDEO = "video"


_EXTENSIONS = {
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif", "hif"), Kind.PHOTO),
    **dict.fromkeys(("mp4", "m4v", "mov", "qt", "3gp", "3gpp", "3g2"), Kind.VIDEO),
}
_TYPES = {
    **dict.fromkeys(("jpeg", "jpg", "pjpeg", "png", "webp", "heic", "heif"), Kind.PHOTO),
    **dict.fromkeys(("mp4", "quicktime", "3gpp", "3gpp2", "x-m4v", "mpeg4"), Kind.VIDEO),
}
_NO_WORD = {"", "application/octet-stream", "binary/octet-stream", "application/binary"}
_HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_VIDEO = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"qt  "}
_OLD_QUICKTIME = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}


def sniff(head: bytes) -> Kind:
    """The kind of a file that begins with ``head``. Raises Refused: empty, or nothing we take."""
    if not head:
        raise Refused(Problem.EMPTY)
    if head[:3] == b"\xff\xd8\xff" or head[:8] == b"\x89PNG\r\n\x1a\n":
        return Kind.PHOTO
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.PHOTO
    found = _boxed(head)
    if found is None:
        raise Refused(Problem.TYPE)
    return found


def _boxed(head: bytes) -> Kind | None:
    """The family of boxes that begins with four bytes of length and four of name."""
    if head[4:8] in _OLD_QUICKTIME:
        return Kind.VIDEO
    if head[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(head[:4], "big"), HEAD, len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, end - 3, 4))}
    if major in _HEIF or (major in {b"mif1", b"msf1"} and brands & _HEIF):
        return Kind.PHOTO
    if major in {b"mif1", b"msf1", b"avif", b"avis"} or major[:3] in {b"M4A", b"M4B", b"M4P"}:
        return None
    telephone = any(brand[:3] in {b"3gp", b"3g2", b"3gr", b"3gs", b"3ge"} for brand in brands)
    return Kind.VIDEO if telephone or brands & _VIDEO else None


def agree(kind: Kind, *, name: str, declared: str) -> None:
    """Raises Refused where the name's ending or the sender's media type says something else."""
    extension = PurePosixPath(name.strip()).suffix[1:].lower()
    if extension and _EXTENSIONS.get(extension) is not kind:
        raise Refused(Problem.NAME)
    media = declared.partition(";")[0].strip().lower()
    if media not in _NO_WORD and not _says(media, kind):
        raise Refused(Problem.NAME)


def names_a_file(name: str) -> bool:
    """Whether ``name`` ends like one of ours; the address of a program that serves pictures says nothing."""
    return PurePosixPath(name).suffix[1:].lower() in _EXTENSIONS


def _says(media: str, kind: Kind) -> bool:
    family, _slash, word = media.partition("/")
    if media in {"image/*", "video/*"}:
        return family == ("image" if kind is Kind.PHOTO else "video")
    return family in {"image", "video"} and _TYPES.get(word) is kind
