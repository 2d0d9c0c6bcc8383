"""The RTSP server's manners: limits, sessions that end, packets that add up."""

from __future__ import annotations

import itertools
import socket
import struct
import time

from cctv.camsim.process import SimProcess

from .rtsp_client import RtspClient, play


def _client(sim: SimProcess) -> RtspClient:
    return RtspClient(sim.ready["host"], sim.ready["rtsp_port"])


def test_unknown_paths_methods_and_transports_are_refused(sim: SimProcess) -> None:
    with _client(sim) as client:
        assert client.ask("OPTIONS", "*").code == 200
        assert client.ask("DESCRIBE", sim.rtsp_url("pasar").replace("pasar", "tiada")).code == 404
        assert client.ask("FLY", sim.rtsp_url("pasar")).code == 501
        multicast = client.ask("SETUP", sim.rtsp_url("pasar"), Transport="RTP/AVP;multicast")
        assert multicast.code == 461
        assert client.ask("PLAY", sim.rtsp_url("pasar"), Session="deadbeef").code == 454


def test_the_session_limit_answers_453_until_one_is_torn_down(sim: SimProcess) -> None:
    url = sim.rtsp_url("pasar")
    with _client(sim) as one, _client(sim) as two, _client(sim) as three:
        first = play(one, url)
        play(two, url)
        refused = three.ask("SETUP", url, Transport="RTP/AVP/TCP;unicast;interleaved=0-1")
        assert refused.code == 453
        assert one.ask("TEARDOWN", url, Session=first).code == 200
        play(three, url)
        assert sim.control.status()["cameras"]["pasar"]["playing"] == 2
    assert _sessions_become(sim, "pasar", 0)


def test_a_lost_client_blocks_a_camera_that_lingers(sim: SimProcess) -> None:
    url = sim.rtsp_url("lambat-lepas")
    with _client(sim) as client:
        play(client, url)
    time.sleep(0.2)
    with _client(sim) as client:
        refused = client.ask("SETUP", url, Transport="RTP/AVP/TCP;unicast;interleaved=0-1")
        assert refused.code == 453


def test_a_silent_udp_session_times_out(sim: SimProcess) -> None:
    url = sim.rtsp_url("lupa")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as data, _client(sim) as client:
        data.bind(("127.0.0.1", 0))
        data.settimeout(3)
        port = data.getsockname()[1]
        session = play(client, url, f"RTP/AVP;unicast;client_port={port}-{port + 1}")
        assert len(data.recv(2000)) > 12
        for _ in range(5):
            time.sleep(0.5)
            assert client.ask("GET_PARAMETER", url, Session=session).code == 200
        assert sim.control.status()["cameras"]["lupa"]["sessions"] == 1
        assert _sessions_become(sim, "lupa", 0)


def test_packets_are_numbered_without_gaps_and_reports_tell_the_time(sim: SimProcess) -> None:
    numbers, times, reports = [], [], []
    with _client(sim) as client:
        play(client, sim.rtsp_url("pasar"))
        while len(numbers) < 40:
            packet = client.packet()
            if packet[1] == 200:
                reports.append(struct.unpack_from("!II", packet, 8))
                continue
            number, stamp = struct.unpack_from("!HI", packet, 2)
            numbers.append(number)
            times.append(stamp)
            assert len(packet) <= 1400
    assert [(b - a) & 0xFFFF for a, b in itertools.pairwise(numbers)] == [1] * 39
    assert times == sorted(times)
    if reports:
        assert abs(reports[0][0] - 2_208_988_800 - time.time()) < 15


def _sessions_become(sim: SimProcess, key: str, count: int, wait: float = 5.0) -> bool:
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline:
        if sim.control.status()["cameras"][key]["sessions"] == count:
            return True
        time.sleep(0.1)
    return False
