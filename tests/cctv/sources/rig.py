"""Raw TCP servers that say exactly what a test wants, and count who came. Real sockets, no mocks."""

import re
import socket
import threading
import time
from collections.abc import Callable

import cv2
import numpy as np

from cctv.capture.address import Policy, check_url
from cctv.capture.sources.base import CameraSpec, Deadline, Mode

Handler = Callable[[socket.socket, bytes], None]


def picture(width=640, height=360, quality=75, shade=90) -> bytes:
    """A textured JPEG."""
    rows = np.linspace(0, 255, width, dtype=np.uint8)
    image = np.tile(rows, (height, 1))
    image = cv2.merge([image, np.full_like(image, shade), image[:, ::-1].copy()])
    cv2.putText(image, "PASAR", (width // 5, height // 2), cv2.FONT_HERSHEY_SIMPLEX, 2, (255, 255, 255), 3)
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def reply(body=b"", status="200 OK", kind="image/jpeg", **headers) -> bytes:
    """An HTTP answer with a Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{k.replace('_', '-')}: {v}" for k, v in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Server:
    """Calls `handler(conn, request)` for every request (up to an empty line) on every connection."""

    def __init__(self, handler: Handler | bytes):
        self.handler = handler if callable(handler) else lambda conn, _req: conn.sendall(handler)
        self.connections = 0
        self.requests: list[bytes] = []
        self.open: list[socket.socket] = []
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.stopped = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.stopped:
            try:
                conn, _ = self.sock.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(conn)
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        data = b""
        try:
            while True:
                while b"\r\n\r\n" not in data:
                    more = conn.recv(65536)
                    if not more:
                        return
                    data += more
                request, data = data.split(b"\r\n\r\n", 1)
                self.requests.append(request + b"\r\n")
                self.handler(conn, request + b"\r\n")
        except OSError:
            pass
        finally:
            conn.close()

    def close(self):
        self.stopped = True
        self.sock.close()
        for conn in self.open:
            conn.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def header(request: bytes, name: str) -> str:
    """A request header's value, "" when absent."""
    match = re.search(rb"(?im)^" + name.encode() + rb":[ \t]*(.*?)\r?$", request)
    return match.group(1).decode("latin-1") if match else ""


def policy_for(*ports: int) -> Policy:
    """Loopback, for exactly these ports."""
    return Policy(networks=(), allow_hosts=frozenset(f"127.0.0.1:{p}" for p in ports))


def spec_for(port: int, path="/snap.jpg", scheme="http", mode=Mode.HTTP_STILL, **more) -> CameraSpec:
    """A camera on loopback."""
    return CameraSpec(id=7, mode=mode, url=f"{scheme}://127.0.0.1:{port}{path}", **more)


def run(source, spec: CameraSpec, seconds=8.0, policy=None):
    """Check the address as the door does, then call one source."""
    port = int(re.search(r":(\d+)/", spec.url).group(1))
    target = check_url(spec.url, policy or policy_for(port))
    return source(spec, target, Deadline(seconds))


def drip(conn: socket.socket, data: bytes, every=0.05):
    """One byte at a time."""
    for i in range(len(data)):
        conn.sendall(data[i : i + 1])
        time.sleep(every)
