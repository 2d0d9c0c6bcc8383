"""Which camera addresses are dialled: the SSRF guard at save and at connect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctv.capture.address import AddressRefused, Policy, Target, build_rtsp_url, check_url

LAN = Policy(networks=("192.168.0.0/16", "10.0.0.0/8", "fd12::/16"))
ANYWHERE = Policy(networks=("0.0.0.0/0", "::/0"))


def resolver(**names):
    def resolve(host):
        if host not in names:
            raise OSError("no such name")
        return names[host]

    return resolve


def code_of(url, policy=ANYWHERE, resolve=None):
    with pytest.raises(AddressRefused) as caught:
        check_url(url, policy, resolve or resolver())
    assert caught.value.field == "url"
    assert not url or url not in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "empty"),
        ("x" * 2000, "too_long"),
        ("ftp://192.168.1.4/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://192.168.1.4/", "scheme"),
        ("192.168.1.4/stream", "scheme"),
        ("rtsp:///stream", "malformed"),
        ("rtsp://admin:geheim@192.168.1.4/", "userinfo"),
        ("rtsp://admin@192.168.1.4/", "userinfo"),
        ("http://192.168.1.4/a b", "characters"),
        ("http://192.168.1.4/\r\nHost: evil", "characters"),
        ("http://192.168.1.4\t/", "characters"),
        ("http://192.168.1.4\\@127.0.0.1/", "characters"),
        ("http://192.168.1.4/\x00", "characters"),
        ("http://192.168.1.4/#frag", "fragment"),
        ("http://192.168.1.4:0/", "port"),
        ("http://192.168.1.4:99999/", "port"),
        ("http://192.168.1.4:http/", "port"),
        ("http://[::1/", "malformed"),
        ("http://[fe80::1%25eth0]/", "malformed"),
        ("http://bad..name/", "malformed"),
        ("http://exa\u212aple.id/", "malformed"),
        ("http://2130706433/", "numeric_host"),
        ("http://0x7f000001/", "numeric_host"),
        ("http://017700000001/", "numeric_host"),
        ("http://0177.0.0.1/", "numeric_host"),
        ("http://127.1/", "numeric_host"),
        ("http://0x7f.0.0.0x1/", "numeric_host"),
        ("http://192.168.1.004/", "numeric_host"),
        ("http://127.0.0.1./", "numeric_host"),
        ("http://127.0.0.1/", "loopback"),
        ("http://127.8.9.10:8000/", "loopback"),
        ("http://[::1]/", "loopback"),
        ("http://169.254.169.254/latest/meta-data", "link_local"),
        ("http://[fe80::1]/", "link_local"),
        ("rtsp://239.1.2.3/", "multicast"),
        ("rtsp://[ff02::1]/", "multicast"),
        ("http://0.0.0.0/", "special"),
        ("http://0.1.2.3/", "special"),
        ("http://[::]/", "special"),
        ("http://255.255.255.255/", "special"),
        ("http://[::ffff:127.0.0.1]/", "special"),
        ("http://[::ffff:192.168.1.4]/", "special"),
        ("http://[64:ff9b::7f00:1]/", "special"),
        ("http://[2002:7f00:1::]/", "special"),
        ("http://[fd00:ec2::254]/", "special"),
        ("http://100.100.100.200/", "special"),
        ("http://nowhere.example/", "no_such_name"),
        ("http://192.168.1.4/snap?user=admin&password=rahasia", "secret_in_path"),
        ("rtsp://192.168.1.4/user=admin_password=tlJwpbo6_channel=1", "secret_in_path"),
    ],
)
def test_refused_whatever_the_networks_say(url, code):
    assert code_of(url) == code


def test_a_port_outside_the_networks_is_refused():
    assert code_of("rtsp://8.8.8.8/", LAN) == "not_listed"
    assert code_of("rtsp://8.8.8.8/", Policy(networks=())) == "not_listed"


def test_a_good_address_comes_back_in_parts():
    target = check_url("rtsp://192.168.1.4/cam/realmonitor?channel=1&subtype=1", LAN)
    assert target == Target("rtsp", "192.168.1.4", "192.168.1.4", 554, "/cam/realmonitor?channel=1&subtype=1")
    assert target.url == "rtsp://192.168.1.4/cam/realmonitor?channel=1&subtype=1"
    six = check_url("https://[fd12::7]:8443", LAN)
    assert (six.ip, six.netloc, six.path, six.secure) == ("fd12::7", "[fd12::7]:8443", "/", True)
    named = check_url(
        "http://Kamera-1.Pasar.Local:81/gambar é.jpg".replace(" ", ""),
        LAN,
        resolver(**{"kamera-1.pasar.local": ["10.1.2.3"]}),
    )
    assert (named.host, named.ip, named.path) == ("kamera-1.pasar.local", "10.1.2.3", "/gambar%C3%A9.jpg")


def test_every_address_of_a_name_must_pass():
    resolve = resolver(
        mixed=["192.168.1.4", "127.0.0.1"], ok=["192.168.1.4", "192.168.1.5"], v6=["::ffff:10.0.0.1"]
    )
    assert code_of("http://mixed/", LAN, resolve) == "loopback"
    assert code_of("http://v6/", LAN, resolve) == "special"
    assert check_url("http://ok/", LAN, resolve).ip == "192.168.1.4"


def test_a_name_that_moves_to_loopback_between_save_and_connect_is_refused_at_connect():
    answers = iter([["192.168.1.4"], ["127.0.0.1"]])

    def rebinding(host):
        return next(answers)

    assert check_url("http://kamera/", LAN, rebinding).ip == "192.168.1.4"
    assert code_of("http://kamera/", LAN, rebinding) == "loopback"


def test_our_own_services_are_refused_by_name_and_by_address():
    policy = Policy(networks=("10.0.0.0/8",), refuse_hosts={"redis", "Postgres", "10.9.9.9", "10.0.0.5:8000"})
    resolve = resolver(redis=["10.0.0.2"], postgres=["10.0.0.3"], alias=["10.0.0.2"], kamera=["10.0.0.9"])
    assert code_of("http://redis:6379/", policy, resolve) == "own_service"
    assert code_of("http://REDIS/", policy, resolve) == "own_service"
    assert code_of("http://alias/", policy, resolve) == "own_service"
    assert code_of("http://10.0.0.3/", policy, resolve) == "own_service"
    assert code_of("rtsp://10.9.9.9/", policy, resolve) == "own_service"
    assert code_of("http://10.0.0.5:8000/", policy, resolve) == "own_service"
    assert check_url("http://10.0.0.5/", policy, resolve).port == 80
    assert check_url("http://kamera/", policy, resolve).ip == "10.0.0.9"


def test_a_network_of_our_own_is_refused_whole_and_its_neighbour_is_not():
    policy = Policy(
        networks=("172.16.0.0/12", "fd00::/8"), refuse_hosts={"localhost", "172.31.251.0/24", "fd12::/64"}
    )
    assert code_of("http://172.31.251.1/", policy) == "own_service"
    assert code_of("http://[fd12::1]/", policy) == "own_service"
    assert code_of("rtsp://gerbang/", policy, resolver(gerbang=["172.31.251.7"])) == "own_service"
    assert check_url("http://172.31.250.1/", policy).ip == "172.31.250.1"
    with pytest.raises(ValueError, match=r"172\.31\.251\.0/99"):
        Policy(refuse_hosts={"172.31.251.0/99"})


def test_the_simulator_passes_by_its_exact_pair_only():
    policy = Policy(networks=("10.0.0.0/8",), allow_hosts={"127.0.0.1:18554", "[::1]:18080"})
    assert check_url("rtsp://127.0.0.1:18554/pasar-petir", policy).port == 18554
    assert check_url("http://[::1]:18080/still", policy).ip == "::1"
    for other in ("rtsp://127.0.0.1/", "rtsp://127.0.0.2:18554/", "http://localhost:18554/"):
        assert code_of(other, policy, resolver(localhost=["127.0.0.1"])) == "loopback"


def test_a_network_that_does_not_parse_stops_at_start_up():
    with pytest.raises(ValueError, match="camera"):
        Policy(networks=("camera-net",))


def test_passwords_with_url_characters_are_quoted_for_libav():
    target = check_url("rtsp://192.168.1.4:8554/live?x=1", LAN)
    assert build_rtsp_url(target, "adm@in", "p@:/#?% é") == (
        "rtsp://adm%40in:p%40%3A%2F%23%3F%25%20%C3%A9@192.168.1.4:8554/live?x=1"
    )
    inside = check_url("rtsp://192.168.1.4/user={user}_password={password}_channel=1.sdp", LAN)
    assert build_rtsp_url(inside, "admin", "a/b").endswith(
        "@192.168.1.4:554/user=admin_password=a%2Fb_channel=1.sdp"
    )


@given(st.text(max_size=60))
def test_no_text_makes_the_guard_crash(text):
    for url in (text, f"http://{text}/", f"rtsp://192.168.1.4/{text}"):
        try:
            target = check_url(url, LAN, resolver())
        except AddressRefused:
            continue
        assert target.ip.startswith(("192.168.", "10.", "fd12:"))
        assert not any(c.isspace() for c in target.path)
        assert target.path.isascii()
