"""How far a share that was counted may lie from what it would be but for chance."""

from scipy.stats import beta

ERROR = 0.05  # of all intervals that are compared at once, together
Share = tuple[int, int]  # part and whole


def share_interval(part: int, whole: int, error: float = ERROR) -> tuple[float, float]:
    """The exact interval of a share after Clopper and Pearson (1934): where it errs, it is too wide.

    Of nothing everything may be: (0, 1).
    """
    low = float(beta.ppf(error / 2, part, whole - part + 1)) if part else 0.0
    high = float(beta.ppf(1 - error / 2, part + 1, whole - part)) if part < whole else 1.0
    return low, high


def is_more(one: Share, other: Share, compared: int = 1) -> bool:
    """Whether the interval of one share lies above that of the other, without touching it.

    compared: how many such questions are asked; each interval is as much wider as keeps them right together.
    """
    low, _ = share_interval(*one, ERROR / compared)
    _, high = share_interval(*other, ERROR / compared)
    return low > high
