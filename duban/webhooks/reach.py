"""Where a webhook may go: https to the outside, and to what a setting allows; never to what else is in the house.

The name is resolved once for each try, every address is judged, and the connection goes to one that was judged: a
name that resolves otherwise a moment later leads nowhere else.
"""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from domain.base import Refusal

LONGEST: Final = 2000  # characters of an address
NAT64: Final = IPv6Network("64:ff9b::/96")  # an IPv4 address stands in its last 32 bits
PORTS: Final = {"https": 443, "http": 80}

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class WebhookAddressRefused(Refusal):
    """{url} cannot be called: {fault}.

    Give an https:// address outside this network, or allow its network with DUBAN_WEBHOOK_NETWORKS.
    """


@dataclass(frozen=True, slots=True)
class Target:
    """Where one try goes: the name that is asked for, and the address that was judged."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address

    @property
    def url(self) -> str:
        """The same address by number."""
        number = f"[{self.address}]" if isinstance(self.address, IPv6Address) else str(self.address)
        return f"{self.scheme}://{number}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


class Reach:
    """Judges addresses by what the installation allows beyond the outside."""

    def __init__(self, networks: tuple[Network, ...] = ()) -> None:
        self._networks = networks

    async def target(self, url: str) -> Target:
        """Where a URL leads now. Refuses `WebhookAddressRefused`."""
        scheme, host, port, path = parts_of(url)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise WebhookAddressRefused(url=url[:200], fault="its name leads nowhere") from None
        addresses = [ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
        for address in addresses:
            self._judge(url, scheme, address)
        return Target(scheme, host, port, path, addresses[0])

    def _judge(self, url: str, scheme: str, address: Address) -> None:
        meant = embedded(address)
        allowed = any(meant in network for network in self._networks)
        if not allowed and (not meant.is_global or meant.is_multicast):
            raise WebhookAddressRefused(url=url[:200], fault="it lies inside a network that is not allowed")
        if scheme == "http" and not meant.is_loopback:
            raise WebhookAddressRefused(url=url[:200], fault="only this machine is called without TLS")


def networks_of(text: str) -> tuple[Network, ...]:
    """Networks such as 10.0.0.0/8,127.0.0.1/32. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def parts_of(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path with query. Refuses what is no plain address of a web server."""

    def refuse(fault: str) -> WebhookAddressRefused:
        return WebhookAddressRefused(url=url[:200], fault=fault)

    if (
        len(url) > LONGEST
        or not url.isascii()
        or not url.isprintable()
        or any(sign in url for sign in ' <>"\\')
    ):
        raise refuse("it is too long, or holds strange signs")
    try:
        said = urlsplit(url)
        port = said.port
    except ValueError:
        raise refuse("its port is no number, or its host no name") from None
    if said.scheme not in PORTS:
        raise refuse("it does not begin with https://")
    if not said.hostname or said.username is not None or said.fragment or port == 0:
        raise refuse("it has no host, or a user, a fragment or the port 0")
    path = (said.path or "/") + (f"?{said.query}" if said.query else "")
    return said.scheme, said.hostname, port or PORTS[said.scheme], path


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
