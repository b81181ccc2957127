"""What changes the trail: record, integrate, export, erase. And what reads it with proofs."""

from audit.services.erasure import erase
from audit.services.integration import integrate, integrate_until
from audit.services.proofs import consistency_proof, inclusion_proof
from audit.services.recording import record

__all__ = [
    "consistency_proof",
    "erase",
    "inclusion_proof",
    "integrate",
    "integrate_until",
    "record",
]
