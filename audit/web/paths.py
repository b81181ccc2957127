"""The path from a leaf to the signed root as a drawing: which hash joins on which side. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from audit.tree import node_hash

INK, MUTED, RULE, SEAL, SHEET, PASS = (
    "#14213D",
    "#5B6472",
    "#D9D5CB",
    "#9B2C1F",
    "#FFFFFF",
    "#1B7F4B",
)
ROW, BOX, GAP = 34, 132, 64
FONT = "ui-monospace, 'DejaVu Sans Mono', monospace"


class Signed(Protocol):
    """What of a checkpoint the drawing needs."""

    size: int
    root: str


def steps(index: int, size: int, leaf: bytes, hashes: Sequence[bytes]) -> list[tuple[bool, bytes]]:
    """For each hash of the proof: whether it stands on the left, and the node it makes.

    The walk of RFC 9162, section 2.1.3.2.
    """
    place, last, node, found = index, size - 1, leaf, []
    for sibling in hashes:
        on_left = bool(place & 1) or place == last
        if on_left:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
        found.append((on_left, node))
    return found


def path_svg(index: int, leaf: bytes, hashes: Sequence[bytes], checkpoint: Signed) -> str:
    """From the leaf at the bottom to the root on top; green when it meets the signed root."""
    walked = steps(index, checkpoint.size, leaf, hashes)
    height = (len(walked) + 1) * ROW + 16
    width = 3 * BOX + 2 * GAP + 2
    middle = BOX + GAP + 1
    meets = (walked[-1][1] if walked else leaf).hex() == checkpoint.root
    parts = [_box(middle, height - ROW - 4, leaf, f"leaf {index}", INK)]
    for position, ((on_left, node), sibling) in enumerate(zip(walked, hashes, strict=True)):
        bottom = height - ROW * (position + 1) - 4
        top = bottom - ROW
        is_root = position == len(walked) - 1
        side = 1 if on_left else middle + BOX + GAP
        parts += [
            _joint(side + BOX / 2, middle + BOX / 2, bottom, top),
            _box(
                side,
                bottom,
                sibling,
                "joins from the left" if on_left else "joins from the right",
                MUTED,
            ),
            _box(middle, top, node, "root" if is_root else "", PASS if is_root and meets else INK),
        ]
    told = "meets" if meets else "does not meet"
    return (
        f'<svg class="path" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-family="{FONT}" font-size="11" '
        f'aria-label="{len(hashes)} hashes lead from leaf {index} to a root that {told} the signed '
        f'one.">{"".join(parts)}</svg>'
    )


def _box(x: float, y: float, value: bytes, title: str, colour: str) -> str:
    return (
        f"<g><title>{title} {value.hex()}</title>"
        f'<rect x="{x}" y="{y}" width="{BOX}" height="22" rx="3" fill="{SHEET}" '
        f'stroke="{colour}"/>'
        f'<text x="{x + BOX / 2}" y="{y + 15}" text-anchor="middle" fill="{colour}">'
        f"{value.hex()[:14]}</text></g>"
    )


def _joint(side: float, middle: float, bottom: float, top: float) -> str:
    return (
        f'<path d="M{side} {bottom}V{top + 11}H{middle}M{middle} {bottom}V{top + 22}" fill="none" '
        f'stroke="{RULE}"/>'
    )
