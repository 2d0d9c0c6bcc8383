"""Texts and numbers that have broken servers before, for every field that a stranger can fill."""

from __future__ import annotations

from hypothesis import strategies as st

TEXTS = [
    "", " ", "\x00", "a\x00b", "x" * 10_001, "kata " * 3_000, "\u202eSILARAB\u202c", "مرحبا بالعالم", "שלום",
    "a\u200bb\u200dc\ufeff", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7*7 }}{% x %}",
    "'; DROP TABLE complaints_report; --", "\\", "%s%n%x", "=HYPERLINK(\"http://x\")", "\ud7ff\ue000\uffff",
    "\U0001f6a7" * 50, "Z̸̢̛" * 100, "\r\n\r\nSet-Cookie: a=b", "../../etc/passwd", "null", "None", "true",
    "[]", "{}", "\x0b\x1f\x7f\x85\u2028\u2029", "ı̇İß", "𝒜𝓃𝑔𝓀𝒶",
]  # fmt: skip
NUMBERS = [
    "nan", "NaN", "inf", "-inf", "1e400", "-1e400", "1e-400", "9" * 400, "-" + "9" * 400,
    "0x10", "1_000",
    "١٢٣", "６", "1,5", "+1", "-0", "0.0000000000000000000001", "2147483648", "9223372036854775808",
    "90.0000001", "-180.0000001", "  7 ", "1e3", "--1", "½", "²",
]  # fmt: skip
# A city south of the equator named north of it, and the corners of the earth.
POINTS = [("6.1203", "106.1502"), ("90", "180"), ("-90", "-180"), ("0", "0"), ("-6.1", "-106.1")]

texts = st.one_of(
    st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.text(max_size=200),
    st.text(alphabet=st.characters(categories=["Cf", "Mn", "Lo", "Cc", "Co"]), max_size=60),
)  # fmt: skip
values = st.one_of(texts, st.lists(texts, max_size=3))
