"""Which addresses outside are called: public ones, spelt plainly, and nothing else."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.http.addresses import target_of, why_refused
from lib.http.outbound import NotSent, resolve

INNER = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
]


@pytest.mark.parametrize("address", INNER)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert why_refused(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_what_is_public_is_called(address: str) -> None:
    assert why_refused(address) == ""


@given(st.ip_addresses(v=4))
def test_what_carries_an_address_is_judged_by_it(inner: ipaddress.IPv4Address) -> None:
    """However an IPv4 address is wrapped, it gets no further than by itself."""
    plain = why_refused(str(inner)) == ""
    number = int(inner)
    mapped = ipaddress.IPv6Address((0xFFFF << 32) | number)
    translated = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | number)
    relayed = ipaddress.IPv6Address((0x2002 << 112) | (number << 80))
    assert (why_refused(str(mapped)) == "") is plain
    assert (why_refused(str(translated)) == "") is plain
    assert why_refused(str(relayed))
    assert why_refused(str(ipaddress.IPv6Address(number)))


@given(st.ip_addresses())
def test_nothing_is_called_that_python_knows_to_be_inner(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        is_wrapped = address.version == 6 and (address.ipv4_mapped or int(address) >> 32 == 0)
        assert why_refused(str(address)) or is_wrapped


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "fd12::1", "::ffff:10.0.0.1"])
def test_an_operator_may_trust_what_is_of_the_house(address: str) -> None:
    assert why_refused(address, trusted=True) == ""


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0", "224.0.0.1", "240.0.0.1"]
)
def test_no_trust_reaches_where_clouds_keep_credentials(address: str) -> None:
    assert why_refused(address, trusted=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "example.com",
        "https://",
        "https://user:pass@example.com/",
        "https://127.0.0.1@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/a b",
        "https://example.com/\r\nHost: x",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://exämple.com/",
        "https://-x.example/",
        "https://[::1/",
        "https://" + "a" * 64 + ".example/",
        "https://example.com/" + "a" * 2000,
    ],
)
def test_odd_spellings_are_refused(url: str) -> None:
    with pytest.raises(ValueError):
        target_of(url)


def test_an_address_is_taken_apart() -> None:
    target = target_of("https://Hooks.Example.COM.:8443/in?a=1")
    assert (target.host, target.port, target.path) == ("hooks.example.com", 8443, "/in?a=1")
    assert target.authority == "hooks.example.com:8443"
    assert target_of("https://[2606:4700::1]/").authority == "[2606:4700::1]"


def test_plain_http_is_for_hosts_that_an_operator_named() -> None:
    assert target_of("http://intern:8080/", private_hosts=["intern:8080"]).port == 8080
    with pytest.raises(ValueError, match="https"):
        target_of("http://intern:8081/", private_hosts=["intern:8080"])


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_address_or_a_sentence(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/x"):
        try:
            assert target_of(url).host
        except ValueError as refused:
            told = str(refused)
            assert told


def test_one_inner_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (one, port)) for one in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(NotSent, match="not a public address"):
        resolve(target_of("https://two-faced.example/"), trusted=False)
