"""https and rtsps through a TLS front with a self-signed certificate, as cameras have them."""

import contextlib
import datetime
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.grab import grab
from cctv.capture.sources.base import CameraSpec, Mode
from tests.cctv.sources.rig import policy_for
from tests.cctv.sources.test_held import Rig, until


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "camera.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Front:
    """Terminates TLS and passes the bytes on to a port of the simulator."""

    def __init__(self, certificate, inner):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.inner = inner
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                raw, _ = self.sock.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(raw,), daemon=True).start()

    def _serve(self, raw):
        try:
            outer = self.context.wrap_socket(raw, server_side=True)
        except (ssl.SSLError, OSError):
            raw.close()
            return
        with outer, socket.create_connection(("127.0.0.1", self.inner)) as inner:
            back = threading.Thread(target=self._pump, args=(inner, outer), daemon=True)
            back.start()
            self._pump(outer, inner)
            back.join()

    @staticmethod
    def _pump(source, sink):
        with contextlib.suppress(OSError, ValueError):
            while data := source.recv(65536):
                sink.sendall(data)
        for sock in (source, sink):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.sock.close()


def test_stills_over_https_keep_their_connection(cameras, certificate):
    with Front(certificate, cameras.sim.ready["http_port"]) as front:
        policy = policy_for(front.port)
        url = f"https://127.0.0.1:{front.port}/kunci/still.jpg"
        spec = CameraSpec(1, Mode.HTTP_STILL, url, **cameras._keys("kunci"))
        assert grab(spec, policy).width == 640
        opened = cameras.state("kunci")["http"]["opens"]
        assert grab(spec, policy).width == 640
        assert cameras.state("kunci")["http"]["opens"] == opened


def test_pictures_over_rtsps_on_demand_and_held(cameras, certificate):
    with Front(certificate, cameras.sim.ready["rtsp_port"]) as front:
        policy = policy_for(front.port)
        spec = CameraSpec(1, Mode.RTSP_ON_DEMAND, f"rtsps://127.0.0.1:{front.port}/pasar")
        assert grab(spec, policy).width == 640
        cameras.policy = policy
        rig = Rig(cameras)
        try:
            rig.pool.set(CameraSpec(2, Mode.RTSP_HELD, spec.url), 0)
            until(lambda: len(rig.pictures[2]) >= 2)
            assert not rig.failures[2]
        finally:
            assert rig.pool.stop()


@pytest.mark.parametrize(("scheme", "mode"), [("https", Mode.HTTP_STILL), ("rtsps", Mode.RTSP_ON_DEMAND)])
def test_a_certificate_is_checked_where_the_spec_asks(cameras, certificate, scheme, mode):
    with Front(certificate, cameras.sim.ready["http_port"]) as front:
        spec = CameraSpec(1, mode, f"{scheme}://127.0.0.1:{front.port}/pasar", verify_tls=True)
        with pytest.raises(GrabError) as caught:
            grab(spec, policy_for(front.port))
    assert caught.value.kind is FailureKind.DEVICE_ERROR
    assert "certificate" in caught.value.detail


@pytest.mark.parametrize(("scheme", "mode"), [("https", Mode.HTTP_STILL), ("rtsps", Mode.RTSP_ON_DEMAND)])
def test_plain_text_behind_a_tls_address_is_a_device_error(scheme, mode):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            conn, _ = server.accept()
            with conn:
                conn.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                conn.recv(1000)

        threading.Thread(target=answer, daemon=True).start()
        port = server.getsockname()[1]
        with pytest.raises(GrabError) as caught:
            grab(CameraSpec(1, mode, f"{scheme}://127.0.0.1:{port}/pasar"), policy_for(port))
    assert caught.value.kind is FailureKind.DEVICE_ERROR
