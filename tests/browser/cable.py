"""The cable between a screen and the house: pulled, it closes nothing, it is only silent."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class _Pair:
    """Two ends of one connection; a dead one swallows what it is told and never says so."""

    near: socket.socket
    far: socket.socket
    dead: bool = False

    def close(self) -> None:
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Cable:
    """A port of 127.0.0.1 that leads to another one.

    While it is cut, connections of before hear nothing more, for ever, and new ones are never answered: that
    is what a pulled cable, a dead switch or a forgotten translation look like from the screen.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self._cut = threading.Event()
        self._pairs: set[_Pair] = set()
        self._lost: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """From now on silence, in both directions."""
        with self._lock:
            self._cut.set()
            for pair in self._pairs:
                pair.dead = True

    def mend(self) -> None:
        """New connections get through again; the old ones stay dead."""
        self._cut.clear()

    def close(self) -> None:
        """Ends everything."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for the next connection
        self._listener.close()
        with self._lock:
            for pair in self._pairs:
                pair.close()
            for lost in self._lost:
                lost.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._cut.is_set():
                    self._lost.append(near)
                    continue
                try:
                    pair = _Pair(near, socket.create_connection(("127.0.0.1", self.target)))
                except OSError:  # the house is not there
                    near.close()
                    continue
                self._pairs.add(pair)
            for source, sink in ((pair.near, pair.far), (pair.far, pair.near)):
                threading.Thread(target=self._pump, args=(pair, source, sink), daemon=True).start()

    def _pump(self, pair: _Pair, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if not pair.dead:
                    sink.sendall(data)
            if not pair.dead:
                sink.shutdown(socket.SHUT_WR)
