"""A repair of time-stamp tokens that common authorities send. Pure.

The certificates in a token are a SET, which DER wants sorted. OpenSSL and others send them as they
were configured, and a strict reader refuses that. The order carries no meaning and is not signed.
Sources: RFC 3161 section 2.4.2, RFC 5652 section 5.1, X.690 section 11.6.
"""

from __future__ import annotations

from collections.abc import Iterator

_SEQUENCE, _CONTEXT_0 = 0x30, 0xA0


def with_sorted_certificates(token: bytes) -> bytes:
    """``token``, a TimeStampResp, with its certificates in DER's order; same length, same place.

    What is not a TimeStampResp comes back as it is, for the real reader to refuse.
    """
    try:
        start, end = _certificates(token)
        parts = sorted(token[begin:stop] for _, begin, _, stop in _members(token, start, end))
    except (ValueError, IndexError):
        return token
    return token[:start] + b"".join(parts) + token[end:]


def _certificates(token: bytes) -> tuple[int, int]:
    """Where the content of SignedData.certificates begins and ends."""
    response = _content(token, 0, len(token), _SEQUENCE)
    content_info = _content(token, *response, _SEQUENCE, skip=1)
    explicit = _content(token, *content_info, _CONTEXT_0)
    signed_data = _content(token, *explicit, _SEQUENCE)
    return _content(token, *signed_data, _CONTEXT_0)


def _content(data: bytes, start: int, end: int, wanted: int, *, skip: int = 0) -> tuple[int, int]:
    """The content of the first member with the tag ``wanted``, after ``skip`` others."""
    for number, (tag, _, begin, stop) in enumerate(_members(data, start, end)):
        if number >= skip and tag == wanted:
            return begin, stop
    raise ValueError("no such member")


def _members(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Tag, and where the member, its content, and what follows begin."""
    while start < end:
        length, at = data[start + 1], start + 2
        if length & 0x80:
            more = length & 0x7F
            length, at = int.from_bytes(data[at : at + more], "big"), at + more
        if at + length > end:
            raise ValueError("a member reaches beyond its parent")
        yield data[start], start, at, at + length
        start = at + length
