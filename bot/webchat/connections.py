"""Bounds on connections: how many there may be, and how long a request may take to arrive, however slowly it drips."""
import asyncio
import re
import time
from collections import Counter
from typing import Any, Optional

from sanic import Request, Sanic
from sanic.compat import Header
from sanic.exceptions import InvalidUsage, RequestTimeout, ServiceUnavailable
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

MOST = 2000               # at a time, in one worker
MOST_PER_ADDRESS = 300    # a school shares one address; proxies are counted as one, so they are not bounded here
REQUEST_SECONDS = 10      # from a request's first byte to the end of its headers
RESPONSE_SECONDS = 20     # from a request's first byte to the end of its response
IDLE_SECONDS = 30         # between two requests
LAST_WORD_SECONDS = 2     # for whoever was told that the time is up
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


class StrictRequest(Request):
    """Refuses heads whose body has no one clear length: a negative one would have Sanic read for ever, and two lengths hide a request."""

    def __init__(self, url_bytes: bytes, headers: Header, *more: Any, **named: Any) -> None:
        lengths, codings = headers.getall("content-length", []), headers.getall("transfer-encoding", [])
        clear = len(lengths) + len(codings) <= 1 and all(re.fullmatch("[0-9]{1,15}", one) for one in lengths) and all(one == "chunked" for one in codings)
        if not clear:
            raise InvalidUsage("Bad Request")
        super().__init__(url_bytes, headers, *more, **named)


class BoundedProtocol(HttpProtocol):
    """Sanic's own counts its time-outs anew with every byte, and not at all once it waits for the rest of a body that it refused."""

    __slots__ = ("_address",)
    _address: str

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
        began, under_way = self._time, self._under_way()
        super().data_received(data)
        if under_way:
            self._time = began

    def _under_way(self) -> bool:
        """True from a request's first byte until its body is read and it is answered."""
        http = getattr(self, "_http", None)   # set when the connection's task begins
        return http is not None and (http.stage is not Stage.IDLE or bool(http.request_body))

    def check_timeouts(self) -> None:
        """Once over the time, the client is told, and two seconds later the connection is cut, whatever state it is in."""
        if not self._task or self.transport is None or self._http is None:
            return
        stage = self._http.stage
        limit = {Stage.IDLE: self.keep_alive_timeout, Stage.REQUEST: self.request_timeout}.get(stage, self.response_timeout)
        if time.monotonic() - self._time <= limit:
            self.loop.call_later(1.0, self.check_timeouts)
            return
        if stage is not Stage.IDLE:
            self._http.exception = RequestTimeout("Request Timeout") if stage is Stage.REQUEST else ServiceUnavailable("Response Timeout")
        self._task.cancel()
        self.loop.call_later(LAST_WORD_SECONDS, self.abort)

    def connection_lost(self, exc: Optional[Exception]) -> None:
        connected = self.app.ctx.connected
        connected[self._address] -= 1
        if connected[self._address] <= 0:
            del connected[self._address]
        super().connection_lost(exc)
