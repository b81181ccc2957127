"""Which addresses outside the house a server may call: pure rules, no name is resolved here.

An address that somebody typed may name the machine itself, its neighbours, or the place where a
cloud keeps its credentials. So whatever a name resolves to is held against this first (OWASP,
Server Side Request Forgery Prevention).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST: Final = 2_000
_PRINTABLE = re.compile(r"^[\x21-\x7e]+\Z")
_LABEL = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST: Final = (ipaddress.ip_network("2000::/3"),)
_HOUSE: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)
_MINED: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "168.63.129.16/32",  # public by its number; Azure's own services answer there
        "100.100.100.200/32",  # Alibaba's, amid addresses of carriers
        "192.0.0.0/24",  # protocol assignments, RFC 6890: parts of it count as global
        "3fff::/20",  # for documentation, RFC 9637: newer than Python's own list
        "192.88.99.0/24",  # relays of 6to4, RFC 7526
        "2001::/32",  # Teredo, RFC 4380: carries an IPv4 address that nobody looked at
        "2002::/16",  # 6to4, RFC 3056: likewise
        "fd00:ec2::/32",  # Amazon's, amid private addresses
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. ``host`` is in small letters, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the Host header says it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return name if self.port == usual else f"{name}:{self.port}"


def target_of(url: str, *, private_hosts: Iterable[str] = ()) -> Target:
    """``url`` taken apart. Raises ValueError with a sentence for what is never called.

    ``private_hosts`` are names that an operator trusts, ``host`` or ``host:port``: they alone may
    be called by plain http.
    """
    if not _PRINTABLE.match(url) or "\\" in url or len(url) > LONGEST:
        raise ValueError(f"An address has up to {LONGEST:,} plain characters and no spaces.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"This is no address: {error}.") from error
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("An address begins with https:// and names a host.")
    if "@" in parts.netloc:
        raise ValueError("An address carries no user name and no password.")
    if parts.fragment:
        raise ValueError("An address has no part after “#”: it would never be sent.")
    if port == 0:
        raise ValueError("Port 0 cannot be called.")
    host = _host(parts.hostname)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)
    if parts.scheme == "http" and not is_trusted(target, private_hosts):
        raise ValueError("Only https:// is called: what is told would travel in the clear.")
    return target


def is_trusted(target: Target, private_hosts: Iterable[str]) -> bool:
    """Whether an operator named this host, or this host and port."""
    named = {each.strip().lower() for each in private_hosts}
    return not named.isdisjoint({target.host, f"{target.host}:{target.port}", target.authority})


def _host(text: str) -> str:
    """A name, or an IP address spelt as everybody spells it. Raises ValueError."""
    host = text.lower().rstrip(".")
    if ":" in host:
        return str(ipaddress.IPv6Address(host.partition("%")[0]))
    labels = host.split(".")
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        # 127.1, 0x7f000001, 2130706433 and 0177.0.0.1 are all the same machine.
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise ValueError(f"“{text}” is an odd way to spell a number: use a name.") from error
    if len(host) > 253 or not all(_LABEL.match(label) for label in labels):
        raise ValueError(f"“{text}” is no name of a host; write it in ASCII (xn--…).")
    return host


def why_refused(address: str, *, trusted: bool = False) -> str:
    """Why this IP address is not called; empty when it may be.

    Without ``trusted`` only what is public is. With it, what is the house's own as well: private
    networks and the machine itself; never link-local addresses, where clouds hand out credentials.
    """
    try:
        found = _plain(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return f"{address} is no IP address"
    if _is_public(found) or (trusted and _is_in(found, _HOUSE) and not _is_in(found, _MINED)):
        return ""
    return f"{address} is not a public address"


def _is_public(address: IP) -> bool:
    if address.version == 6 and not _is_in(address, _UNICAST):
        return False
    return address.is_global and not address.is_multicast and not _is_in(address, _MINED)


def _is_in(address: IP, networks: Iterable[Network]) -> bool:
    return any(address.version == each.version and address in each for each in networks)


def _plain(address: IP) -> IP:
    """The IPv4 address that an IPv6 one stands for, where it stands for one."""
    if address.version == 6 and (address.ipv4_mapped is not None or address in _NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
