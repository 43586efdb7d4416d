"""Dots that would lie on each other, moved apart."""

import numpy as np

ROUNDS = 200  # a dozen dots in one spot lie apart after some thirty


def spread(dots: np.ndarray, apart: float, most: np.ndarray, least: float) -> np.ndarray:
    """Places of dots that are `apart` from each other as far as there is room, float64 (n, 2); the first stays.

    The coordinates lie between `least` and `most` (2,). The same dots come to lie at the same places each time.
    """
    moved = dots + np.column_stack([np.cos(2.4 * np.arange(len(dots))), np.sin(2.4 * np.arange(len(dots)))]) * 1e-3
    moved[0] = dots[0]
    for _ in range(ROUNDS):
        between = moved[:, None] - moved[None]
        distance = np.hypot(between[..., 0], between[..., 1])
        np.fill_diagonal(distance, np.inf)
        short = np.maximum(apart - distance, 0)
        if not short.any():
            break
        step = (between / distance[..., None] * (short / 2)[..., None]).sum(axis=1)
        moved[1:] = np.clip(moved[1:] + step[1:], least, most)
    return moved
