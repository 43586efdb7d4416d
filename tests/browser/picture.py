"""Pixels of the marks, read out of the canvases of the map's own pane."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageColor

PAINTED = """([left, top, width, height]) => {
    const { map } = window, box = map.getContainer().getBoundingClientRect();
    const whole = document.createElement("canvas");
    whole.width = width || box.width;
    whole.height = height || box.height;
    const ctx = whole.getContext("2d");
    for (const canvas of map.getPane("credit-marks").querySelectorAll("canvas")) {
        const at = canvas.getBoundingClientRect();
        ctx.drawImage(canvas, at.left - box.left - left, at.top - box.top - top, at.width, at.height);
    }
    return whole.toDataURL("image/png");
}"""
NEAR = 24  # of 255: how far a channel may be off a colour, for edges that were smoothed


@dataclass(frozen=True)
class Picture:
    """pixels: red, green, blue, alpha; uint8 (height, width, 4)."""

    pixels: np.ndarray

    @classmethod
    def of(cls, png: str) -> "Picture":
        """From a data: address or the bytes of a screenshot in base64."""
        return cls(np.asarray(Image.open(io.BytesIO(base64.b64decode(png.split(",")[-1]))).convert("RGBA")))

    @property
    def area(self) -> float:
        """How many pixels are covered, partly covered ones counted in part."""
        return float(self.pixels[..., 3].sum() / 255)

    def halves(self, axis: int) -> tuple[float, float]:
        """The area left and right of the middle (axis 0), or above and below it (1)."""
        first, second = np.split(self.pixels[..., 3] / 255, 2, axis=1 - axis)
        return float(first.sum()), float(second.sum())

    def of_colour(self, colour: str) -> np.ndarray:
        """Where a colour stands, bool (height, width)."""
        off = np.abs(self.pixels[..., :3].astype(int) - ImageColor.getrgb(colour))
        return (off.max(axis=2) <= NEAR) & (self.pixels[..., 3] > 200)

    def count(self, colour: str) -> int:
        return int(self.of_colour(colour).sum())
