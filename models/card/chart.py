"""The reliability table as a drawing inside the page: probability against the rate seen."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

_SIDE: Final = 320
_LEFT: Final = 56
_BOTTOM: Final = 40
_FLOOR: Final = 1e-4


def reliability(bands: Sequence[Mapping[str, Any]]) -> str:
    """Return an SVG of the bands: a dot and its 95% interval each, on the diagonal when right.

    Both scales are logarithmic, because most leads have a small probability. Nothing for no bands.
    """
    if not bands:
        return ""
    figures = [
        band[name]
        for band in bands
        for name in ("probability_mean", "rate", "rate_high")
        if band[name] is not None and band[name] > 0
    ]
    low = math.floor(math.log10(max(_FLOOR, min(figures, default=_FLOOR))))
    high = max(low + 1, math.ceil(math.log10(max(figures, default=1.0))))

    def at(value: float) -> float:
        share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
        return max(0.0, min(1.0, share)) * _SIDE

    drawn = [
        f'<line x1="{_LEFT}" y1="{_SIDE + 10}" x2="{_LEFT + _SIDE}" y2="10" stroke="currentColor"'
        ' stroke-dasharray="4 4" opacity=".6"/>'
    ]
    for power in range(low, high + 1):
        place = at(10.0**power)
        x, y = _LEFT + place, _SIDE + 10 - place
        label = f"{10.0**power * 100:g}%"
        drawn.append(
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _SIDE}" y2="{y:.1f}" stroke="#8884"/>'
            f'<line x1="{x:.1f}" y1="10" x2="{x:.1f}" y2="{_SIDE + 10}" stroke="#8884"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
            f'<text x="{x:.1f}" y="{_SIDE + 26}" text-anchor="middle">{label}</text>'
        )
    for band in bands:
        x = _LEFT + at(band["probability_mean"])
        top, bottom = (_SIDE + 10 - at(band[name]) for name in ("rate_high", "rate_low"))
        y = _SIDE + 10 - at(band["rate"])
        drawn.append(
            f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}" stroke="#4a7ebb"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#4a7ebb"/>'
        )
    width, height = _LEFT + _SIDE + 20, _SIDE + 10 + _BOTTOM
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        ' aria-label="Rate seen against probability, by band" fill="currentColor"'
        f' font-size="12" style="max-width:100%">{"".join(drawn)}'
        f'<text x="{_LEFT + _SIDE / 2}" y="{height - 2}" text-anchor="middle">probability</text>'
        f'<text x="12" y="{_SIDE / 2 + 10}" text-anchor="middle"'
        f' transform="rotate(-90 12 {_SIDE / 2 + 10})">rate seen</text></svg>\n'
    )
