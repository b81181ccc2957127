"""Time stamps of checkpoints by an authority outside (RFC 3161). Optional: the setting TSA_URL.

What is stamped is the text of a checkpoint, without its signatures: origin, size and root, a line
each. A stamp leaves no entry in the trail: a log in which nothing happens would grow by stamping.
"""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from audit.der import with_sorted_certificates
from audit.models import Checkpoint, Stamp
from audit.notes import split
from lib.errors import Invalid, Unavailable
from lib.fetch import FetchError, fetch

log = logging.getLogger(__name__)
_MAX_RESPONSE = 64 * 1024
_SECONDS = 15.0


def stamp_latest() -> Stamp | None:
    """Has the newest checkpoint stamped, unless it is already or nothing was signed yet.

    Raises Unavailable when the authority does not answer or its token does not verify. Call it
    outside a transaction: it waits for the network.
    """
    url = settings.TSA_URL
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if not url or checkpoint is None or checkpoint.stamps.filter(tsa=url).exists():
        return None
    text = stamped_text(checkpoint)
    request = (
        TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).nonce().build()
    )
    token = _ask(url, request)
    try:
        response = verified(token, text, request=request)
    except Invalid as error:
        raise Unavailable(f"The token of {url} is not accepted: {error.detail}") from error
    stamp, _ = Stamp.objects.get_or_create(
        checkpoint=checkpoint,
        tsa=url,
        defaults={"token": token, "stamped_at": response.tst_info.gen_time},
    )
    return stamp


def stamps_for(size: int) -> list[Stamp]:
    """The stamps of the checkpoint of that size, oldest first."""
    return list(Stamp.objects.filter(checkpoint_id=size).order_by("stamped_at", "pk"))


def latest_stamp(up_to: int) -> Stamp | None:
    """The stamp of the largest stamped checkpoint of at most ``up_to`` leaves."""
    rows = Stamp.objects.select_related("checkpoint").filter(checkpoint_id__lte=up_to)
    return rows.order_by("-checkpoint_id", "stamped_at").first()


def stamped_text(checkpoint: Checkpoint) -> bytes:
    return split(checkpoint.note)[0].encode()


def verified(
    token: bytes, text: bytes, *, request: TimeStampRequest | None = None
) -> TimeStampResponse:
    """The token, when it is by an authority in TSA_CERTIFICATE and over ``text``.

    ``request`` adds the check that it answers that very request. Raises Invalid.
    """
    builder = VerifierBuilder.from_request(request) if request else VerifierBuilder()
    for certificate in _certificates(settings.TSA_CERTIFICATE):
        if certificate.issuer == certificate.subject:
            builder = builder.add_root_certificate(certificate)
        else:
            builder = builder.add_intermediate_certificate(certificate)
    try:
        response = decode_timestamp_response(with_sorted_certificates(token))
        builder.build().verify_message(response, text)
    except (VerificationError, ValueError) as error:
        raise Invalid(f"The time stamp does not verify: {error}") from error
    return response


def _ask(url: str, request: TimeStampRequest) -> bytes:
    headers = {
        "Content-Type": "application/timestamp-query",
        "Accept": "application/timestamp-reply",
    }
    try:
        return fetch(
            url, limit=_MAX_RESPONSE, seconds=_SECONDS, body=request.as_bytes(), headers=headers
        )
    except (FetchError, ValueError) as error:
        raise Unavailable(f"The time-stamp authority: {error}") from error


@cache
def _certificates(path: str) -> list[x509.Certificate]:
    """Those in the PEM file: the root, and what lies between it and the authority. Read once."""
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable(f"TSA_CERTIFICATE cannot be read: {error}") from error
