"""Smooth random fields over the plane: hills, directions of streets, quality that neighbours share."""

from dataclasses import dataclass

import numpy as np

WAVES = 14  # enough that no single wave shows


@dataclass(frozen=True)
class Field:
    """A sum of random plane waves, close to Gaussian with mean 0 and standard deviation 1."""

    kx: np.ndarray
    ky: np.ndarray
    phase: np.ndarray

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Values at places in metres; same shape as x and y, float32."""
        x, y = np.asarray(x, np.float32), np.asarray(y, np.float32)
        total = np.zeros(np.broadcast(x, y).shape, np.float32)
        for kx, ky, phase in zip(self.kx, self.ky, self.phase, strict=True):
            total += np.cos(kx * x + ky * y + phase)
        return total * np.float32(np.sqrt(2 / len(self.kx)))


def field(rng: np.random.Generator, wavelength_m: float) -> Field:
    """A field whose bumps are about half a `wavelength_m` wide."""
    direction = rng.uniform(0, 2 * np.pi, WAVES)
    number = 2 * np.pi / (wavelength_m * rng.uniform(0.7, 1.5, WAVES))
    kx, ky = (number * np.cos(direction)).astype(np.float32), (number * np.sin(direction)).astype(np.float32)
    return Field(kx, ky, rng.uniform(0, 2 * np.pi, WAVES).astype(np.float32))


def smoothstep(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, an S between; `low` may be the greater."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
