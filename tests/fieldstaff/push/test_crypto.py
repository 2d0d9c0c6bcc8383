"""RFC 8291's own example to the byte, and what must not open or pass."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.webpush import crypto
from fieldstaff.webpush.crypto import b64, unb64

TEXT = b"When I grow up, I want to be a watermelon"
AUTH = unb64("BTBZMqHH6r4Tts7J_aSIgg")
SALT = unb64("DGv6ra1nlYgDCS1FRnbzlw")
BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
    "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def key(secret: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unb64(secret), "big"), ec.SECP256R1())


OURS = key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
THEIRS = key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")


def test_the_example_of_the_standard():
    assert b64(crypto.point_of(THEIRS.public_key())) == BROWSER
    assert b64(crypto.seal(TEXT, browser=unb64(BROWSER), auth=AUTH, sender=OURS, salt=SALT)) == BODY
    assert crypto.opened(unb64(BODY), key=THEIRS, auth=AUTH) == TEXT


@given(st.binary(max_size=crypto.MOST))
def test_whatever_is_sealed_opens_for_one_browser_alone(text):
    own, other = crypto.new_key(), crypto.new_key()
    body = crypto.seal(text, browser=crypto.point_of(own.public_key()), auth=AUTH)
    assert len(body) <= crypto.RECORD and crypto.opened(body, key=own, auth=AUTH) == text
    with pytest.raises(InvalidTag):
        crypto.opened(body, key=other, auth=AUTH)
    with pytest.raises(InvalidTag):
        crypto.opened(body, key=own, auth=bytes(16))


def test_nothing_is_sealed_twice_alike_nor_for_nonsense():
    browser = unb64(BROWSER)
    assert crypto.seal(TEXT, browser=browser, auth=AUTH) != crypto.seal(TEXT, browser=browser, auth=AUTH)
    for point, auth, text in (
        (browser[:64], AUTH, TEXT),
        (b"\x04" + bytes(64), AUTH, TEXT),
        (browser, AUTH[:15], TEXT),
        (browser, AUTH, b"x" * (crypto.MOST + 1)),
    ):
        with pytest.raises(ValueError):
            crypto.seal(text, browser=point, auth=auth)


def test_the_sender_says_for_whom_and_until_when():
    who = crypto.Vapid(crypto.new_key(), "mailto:desk@example.id")
    header = who.header("https://push.example.net:8443/send/abc?x=1", 1_800_000_000)
    claims = {"aud": "https://push.example.net:8443", "exp": 1_800_043_200, "sub": "mailto:desk@example.id"}
    assert crypto.claims_of(header) == claims
    assert header.endswith(f"k={who.public}") and len(unb64(who.public)) == 65
    forged = header.rpartition("k=")[0] + "k=" + crypto.Vapid(crypto.new_key(), "").public
    with pytest.raises(ValueError):
        crypto.claims_of(forged)
