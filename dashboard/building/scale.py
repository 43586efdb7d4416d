"""A value on a small horizontal scale, with the bounds of its rule marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.building.why import number
from dashboard.look.plain_text import as_html

APART = 16.0  # per cent of its length by which two labels stand clear of each other
APART_IF_LONG = 7.0  # the scale of the score is as wide as the card allows


@dataclass(frozen=True)
class Scale:
    """low, high: its ends; value: None where there is none; colours: of the parts between the bounds, low to high."""

    low: float
    high: float
    bounds: tuple[float, ...]
    value: float | None
    colours: tuple[str, ...] = ()

    def along(self, value: float) -> float:
        """How far along it a value lies, in per cent of its length; beyond an end, at the end."""
        return 100 * min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def scale_of(
    value: float | None, bounds: Sequence[float], out_of: float | None = None, colours: Sequence[str] = ()
) -> Scale | None:
    """A scale on which the value and all bounds lie with room beside them; None where there is nothing to be shown.

    out_of: where it ends, for a share. colours: one more than bounds.
    """
    if out_of:
        return Scale(min(0.0, value or 0.0), max(out_of, value or 0.0), tuple(bounds), value, tuple(colours))
    if not bounds:
        return None
    known = [*bounds, *([] if value is None else [value])]
    room = max((max(bounds) - min(bounds)) / 2, 1.0)
    low = min(known) - room if colours else min(0.0, *known)
    return Scale(low, max(*known, max(bounds) + room), tuple(bounds), value, tuple(colours))


def scale_html(scale: Scale, label: str) -> str:
    """label: what it says, for those who do not see it."""
    ends = [scale.low, *scale.bounds, scale.high]
    stretches = zip(ends, ends[1:], scale.colours, strict=False)
    parts = "".join(_part(scale, low, high, f"style='background:{colour};") for low, high, colour in stretches)
    if not scale.colours and scale.value is not None:
        parts = _part(scale, scale.low, scale.value, "class='filled' style='")
    labelled = _labelled(scale, APART_IF_LONG if scale.colours else APART)
    bounds = "".join(
        f"<u style='left:{scale.along(bound):.1f}%'>{as_html(number(bound)) if bound in labelled else ''}</u>"
        for bound in scale.bounds
    )
    value = "" if scale.value is None else f"<b style='left:{scale.along(scale.value):.1f}%'></b>"
    return f"<span class='scale' role='img' aria-label='{as_html(label)}'>{parts}{bounds}{value}</span>"


def _labelled(scale: Scale, apart: float) -> list[float]:
    """The bounds whose labels do not run into one another, from the lowest on."""
    labelled: list[float] = []
    for bound in scale.bounds:
        if not labelled or scale.along(bound) - scale.along(labelled[-1]) >= apart:
            labelled.append(bound)
    return labelled


def _part(scale: Scale, low: float, high: float, look: str) -> str:
    """look: its attributes, up to a style that is not closed yet."""
    start = scale.along(low)
    return f"<i {look}left:{start:.1f}%;width:{scale.along(high) - start:.1f}%'></i>"
