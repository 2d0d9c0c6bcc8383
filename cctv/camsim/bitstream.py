"""H.264 and H.265 byte streams: NAL units, parameter sets, RTP packets.

Sources: ITU-T H.264 and H.265 Annex B; RFC 6184 (H.264 over RTP); RFC 7798 (H.265 over RTP).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

#: Largest RTP payload: an Ethernet frame less IP, UDP and RTP headers, with room for a VPN.
PAYLOAD = 1380

_START = re.compile(rb"\x00\x00\x00?\x01")
_H264_FU_A = 28
_H265_FU = 49


def split_nals(unit: bytes) -> list[bytes]:
    """NAL units of an Annex B access unit, without start codes."""
    marks = list(_START.finditer(unit))
    ends = [m.start() for m in marks[1:]] + [len(unit)]
    return [unit[m.end() : end] for m, end in zip(marks, ends, strict=True)]


def nal_type(codec: str, nal: bytes) -> int:
    """The NAL unit type of the codec's own numbering."""
    return nal[0] & 0x1F if codec == "h264" else nal[0] >> 1 & 0x3F


def is_key(codec: str, nals: Iterable[bytes]) -> bool:
    """Whether decoding can begin at this access unit (IDR, or any H.265 IRAP)."""
    types = {nal_type(codec, nal) for nal in nals}
    return 5 in types if codec == "h264" else any(16 <= t <= 21 for t in types)


def parameter_sets(codec: str, nals: Iterable[bytes]) -> dict[str, bytes]:
    """``vps``, ``sps`` and ``pps`` found in a key access unit."""
    names = {7: "sps", 8: "pps"} if codec == "h264" else {32: "vps", 33: "sps", 34: "pps"}
    found: dict[str, bytes] = {}
    for nal in nals:
        name = names.get(nal_type(codec, nal))
        if name:
            found.setdefault(name, nal)
    return found


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def format_parameters(codec: str, sets: dict[str, bytes]) -> str:
    """The SDP ``a=fmtp`` parameters for the codec (RFC 6184 8.1, RFC 7798 7.1)."""
    if codec == "h264":
        sprop = f"{_b64(sets['sps'])},{_b64(sets['pps'])}"
        level = sets["sps"][1:4].hex().upper()
        return f"packetization-mode=1;profile-level-id={level};sprop-parameter-sets={sprop}"
    return ";".join(f"sprop-{name}={_b64(sets[name])}" for name in ("vps", "sps", "pps"))


def payloads(codec: str, nals: Iterable[bytes]) -> list[bytes]:
    """RTP payloads of one access unit: single NAL units, or fragments where too large."""
    fragment = _fragment_h264 if codec == "h264" else _fragment_h265
    out: list[bytes] = []
    for nal in nals:
        if len(nal) <= PAYLOAD:
            out.append(nal)
        else:
            out.extend(fragment(nal))
    return out


def _cuts(body: bytes, size: int) -> list[tuple[int, bytes]]:
    """(start/end bits, piece): 0x80 marks the first piece and 0x40 the last."""
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    last = len(pieces) - 1
    return [((0x80 if i == 0 else 0) | (0x40 if i == last else 0), p) for i, p in enumerate(pieces)]


def _fragment_h264(nal: bytes) -> list[bytes]:
    indicator = nal[0] & 0xE0 | _H264_FU_A
    kind = nal[0] & 0x1F
    return [bytes((indicator, mark | kind)) + piece for mark, piece in _cuts(nal[1:], PAYLOAD - 2)]


def _fragment_h265(nal: bytes) -> list[bytes]:
    first = nal[0] & 0x81 | _H265_FU << 1
    kind = nal[0] >> 1 & 0x3F
    return [bytes((first, nal[1], mark | kind)) + piece for mark, piece in _cuts(nal[2:], PAYLOAD - 3)]
