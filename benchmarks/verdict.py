"""How fast the one question is answered: ``GET /api/v1/verdict`` over HTTP, one caller.

    python benchmarks/verdict.py URL TOKEN DIGEST

Prints a line of Markdown. One connection, 500 calls after 50 to warm up.
"""

from __future__ import annotations

import statistics
import sys
import time

import httpx

CALLS, WARM_UP = 500, 50


def measure(url: str, token: str, digest: str) -> list[float]:
    """Milliseconds of each call. Raises when an answer is not 200."""
    question = {
        "digest": digest,
        "environment": "production",
        "purpose": "credit-decisioning",
    }
    took = []
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        for _ in range(WARM_UP + CALLS):
            began = time.perf_counter()
            client.get("/api/v1/verdict", params=question).raise_for_status()
            took.append((time.perf_counter() - began) * 1000)
    return took[WARM_UP:]


def main() -> int:
    took = measure(*sys.argv[1:4])
    cuts = statistics.quantiles(took, n=100)
    print("| call | p50, ms | p99, ms |\n| --- | ---: | ---: |")
    print(f"| GET verdict | {statistics.median(took):.1f} | {cuts[98]:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
