"""Access to the connections of the HTTP server, to cut one as a broken network would."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Mapping
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[Any, asyncio.Transport] = {}


class TrackedProtocol(H11Protocol):
    """uvicorn's protocol, its transports to be found by the client's address."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        _open[transport.get_extra_info("peername")] = transport
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self.transport.get_extra_info("peername"), None)
        super().connection_lost(exc)


def _transport(scope: Mapping[str, Any]) -> asyncio.Transport | None:
    client = scope.get("client")
    return _open.get(tuple(client)) if client else None


def close(scope: Mapping[str, Any]) -> None:
    """Send what is buffered, then close the connection that a request came by in order."""
    transport = _transport(scope)
    if transport is not None:
        transport.close()


async def cut(scope: Mapping[str, Any]) -> None:
    """Send what is buffered, then reset the connection that a request came by."""
    transport = _transport(scope)
    if transport is None:
        return
    while transport.get_write_buffer_size() and not transport.is_closing():
        await asyncio.sleep(0.01)
    connection = transport.get_extra_info("socket")
    if connection is not None:
        # With a linger time of zero, closing sends RST instead of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
