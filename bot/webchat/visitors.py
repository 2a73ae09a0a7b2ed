"""Which address a request comes from, kept by nobody: the limits count a keyed hash of it, and that only for their window."""
import secrets
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Optional, Tuple

from sanic import Request

from bot.webchat.settings import Network

HOME_NETWORK_BITS = 64   # an IPv6 visitor has at least so many addresses as 64 bits hold


class Visitors:
    """Hashes with `secret` (shared by all workers), or with a key of this process's own."""

    def __init__(self, trusted_proxies: Tuple[Network, ...] = (), secret: Optional[str] = None) -> None:
        self._trusted = trusted_proxies
        self._key = derived_key(secret or secrets.token_urlsafe(32), "visitors")

    def key_of(self, request: Request) -> str:
        """A keyed hash of the visitor's address: the same for the same address, and nothing can be read from it."""
        address = self.address(request.ip, request.headers.get("x-forwarded-for", ""))
        return blake2b(address.encode(), key=self._key, digest_size=16).hexdigest()

    def address(self, peer: str, forwarded: str = "") -> str:
        """The address of the visitor: the peer, or, where that is a trusted proxy, the last one in X-Forwarded-For that is not."""
        last = peer
        for one in reversed(forwarded.split(",")):
            if not self.is_trusted(last) or not _valid(one.strip()):
                break
            last = one.strip()
        return _home(last)

    def is_trusted(self, address: str) -> bool:
        return _valid(address) and any(ip_address(address) in network for network in self._trusted)


def derived_key(secret: str, purpose: str) -> bytes:
    """A key for one purpose, from which neither the secret nor another purpose's key can be told."""
    return blake2b(purpose.encode(), key=blake2b(secret.encode()).digest(), digest_size=32).digest()


def _valid(address: str) -> bool:
    try:
        ip_address(address)
    except ValueError:
        return False
    return True


def _home(address: str) -> str:
    if not _valid(address):
        return address
    known = ip_address(address)
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ip_network((known.packed, HOME_NETWORK_BITS), strict=False))
    return str(known)
