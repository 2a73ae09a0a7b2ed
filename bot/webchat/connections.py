"""Bounds on connections: how many there may be, and how long a request may take to arrive, however slowly it drips."""
import asyncio
from collections import Counter
from typing import Optional

from sanic import Sanic
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

MOST = 2000               # at a time, in one worker
MOST_PER_ADDRESS = 300    # a school shares one address; proxies are counted as one, so they are not bounded here
REQUEST_SECONDS = 10      # from a request's first byte to the end of its headers
RESPONSE_SECONDS = 20     # from a request's first byte to the end of its response
IDLE_SECONDS = 30         # between two requests
MOST_BYTES = 64 * 1024    # in a request's body


def bound(app: Sanic) -> None:
    """Sets the limits of `app`, which must be run with `BoundedProtocol`."""
    app.config.REQUEST_MAX_SIZE = MOST_BYTES
    app.config.REQUEST_TIMEOUT = REQUEST_SECONDS
    app.config.RESPONSE_TIMEOUT = RESPONSE_SECONDS
    app.config.KEEP_ALIVE_TIMEOUT = IDLE_SECONDS
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 8.0
    app.ctx.connected = Counter()
    app.ctx.is_proxy = lambda address: False


class BoundedProtocol(HttpProtocol):
    """Sanic's own counts its time-outs anew with every byte, so that a byte now and then would hold a connection for ever."""

    __slots__ = ("_address",)
    _address: Optional[str]

    def connection_made(self, transport: asyncio.Transport) -> None:
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        connected = self.app.ctx.connected
        connected[self._address] += 1
        crowded = connected[self._address] > MOST_PER_ADDRESS and not self.app.ctx.is_proxy(self._address)
        if crowded or len(self.connections) >= MOST:
            transport.abort()
            return
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        began = self._time
        http = getattr(self, "_http", None)   # set when the connection's task begins
        under_way = http is not None and http.stage is not Stage.IDLE
        super().data_received(data)
        if under_way:
            self._time = began

    def connection_lost(self, exc: Optional[Exception]) -> None:
        connected = self.app.ctx.connected
        connected[self._address] -= 1
        if connected[self._address] <= 0:
            del connected[self._address]
        super().connection_lost(exc)
