"""What is asked at markets: the commodities that ship, their units, and reference prices to be checked.

Names and variants follow Bank Indonesia's PIHPS (21 variants of ten commodities) and Perpres 59/2020. Pure
data: everything is editable once it is in the tables. `low` and `high` are what no market of Java has gone
beyond; a price outside is a slipped digit or a shifted column.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Good(NamedTuple):
    """A commodity; `unit_code` after UN/CEFACT recommendation 20, rupiah a unit."""

    code: str
    name: str
    group: str
    unit: str
    unit_code: str
    low: int
    high: int
    usual: int
    """About what it costs; only the demo invents from it."""


class Reference(NamedTuple):
    """A ceiling; `checked` False: read in the press, to be held against the decree by a person."""

    good: str
    rupiah: int
    kind: str
    decree: str
    first: date
    checked: bool = False


KG, LITRE, PIECE = ("kg", "KGM"), ("liter", "LTR"), ("tabung", "H87")

GOODS = (
    Good("beras-bawah-1", "Beras kualitas bawah I", "beras", *KG, 5_000, 60_000, 12_900),
    Good("beras-bawah-2", "Beras kualitas bawah II", "beras", *KG, 5_000, 60_000, 12_600),
    Good("beras-medium-1", "Beras medium I", "beras", *KG, 5_000, 60_000, 13_400),
    Good("beras-medium-2", "Beras medium II", "beras", *KG, 5_000, 60_000, 13_200),
    Good("beras-super-1", "Beras super I", "beras", *KG, 5_000, 60_000, 14_700),
    Good("beras-super-2", "Beras super II", "beras", *KG, 5_000, 60_000, 14_400),
    Good("daging-ayam", "Daging ayam ras", "daging", *KG, 10_000, 150_000, 37_500),
    Good("daging-sapi-1", "Daging sapi kualitas 1", "daging", *KG, 50_000, 400_000, 138_000),
    Good("daging-sapi-2", "Daging sapi kualitas 2", "daging", *KG, 50_000, 400_000, 130_000),
    Good("telur-ayam", "Telur ayam ras", "daging", *KG, 10_000, 120_000, 29_000),
    Good("bawang-merah", "Bawang merah", "bumbu", *KG, 5_000, 200_000, 38_500),
    Good("bawang-putih", "Bawang putih bonggol", "bumbu", *KG, 5_000, 200_000, 37_500),
    Good("cabai-merah-besar", "Cabai merah besar", "bumbu", *KG, 5_000, 300_000, 42_000),
    Good("cabai-merah-keriting", "Cabai merah keriting", "bumbu", *KG, 5_000, 300_000, 46_000),
    Good("cabai-rawit-hijau", "Cabai rawit hijau", "bumbu", *KG, 5_000, 300_000, 40_000),
    Good("cabai-rawit-merah", "Cabai rawit merah", "bumbu", *KG, 5_000, 300_000, 52_000),
    Good("minyak-curah", "Minyak goreng curah", "minyak", *LITRE, 5_000, 80_000, 16_500),
    Good("minyak-kemasan-1", "Minyak goreng kemasan 1", "minyak", *LITRE, 5_000, 80_000, 20_500),
    Good("minyak-kemasan-2", "Minyak goreng kemasan 2", "minyak", *LITRE, 5_000, 80_000, 19_000),
    Good("gula-premium", "Gula pasir premium", "gula", *KG, 5_000, 80_000, 18_800),
    Good("gula-lokal", "Gula pasir lokal", "gula", *KG, 5_000, 80_000, 17_300),
    Good("kedelai", "Kedelai", "lain", *KG, 3_000, 80_000, 13_000),
    Good("tepung-terigu", "Tepung terigu", "lain", *KG, 3_000, 60_000, 12_500),
    Good("garam", "Garam konsumsi", "lain", *KG, 1_500, 60_000, 11_500),
    Good("ikan-kembung", "Ikan kembung", "ikan", *KG, 8_000, 200_000, 42_000),
    Good("ikan-tongkol", "Ikan tongkol", "ikan", *KG, 8_000, 200_000, 36_000),
    Good("ikan-bandeng", "Ikan bandeng", "ikan", *KG, 8_000, 200_000, 34_000),
    Good("elpiji-3kg", "Elpiji 3 kg", "lain", *PIECE, 10_000, 80_000, 21_500),
)

HET_RICE = "Kepbapanas 299/2025 (HET beras zona I)"
HAP = "HAP Badan Pangan Nasional menurut pemberitaan 2025"
SEEN = date(2025, 1, 1)
RICE = date(2025, 8, 22)
REFERENCES = (
    Reference("beras-medium-1", 13_500, "het", HET_RICE, RICE),
    Reference("beras-medium-2", 13_500, "het", HET_RICE, RICE),
    Reference("beras-super-1", 14_900, "het", HET_RICE, RICE),
    Reference("beras-super-2", 14_900, "het", HET_RICE, RICE),
    Reference("bawang-merah", 41_500, "hap", HAP, SEEN),
    Reference("bawang-putih", 40_000, "hap", HAP, SEEN),
    Reference("cabai-merah-keriting", 55_000, "hap", HAP, SEEN),
    Reference("cabai-rawit-merah", 57_000, "hap", HAP, SEEN),
    Reference("daging-ayam", 40_000, "hap", HAP, SEEN),
    Reference("telur-ayam", 30_000, "hap", HAP, SEEN),
    Reference("daging-sapi-1", 140_000, "hap", HAP, SEEN),
    Reference("gula-lokal", 17_500, "hap", HAP, SEEN),
)
