"""Shares in percent, exact and rounded half up: whole numbers in, a decimal out, no floats between."""

from decimal import Decimal

from scoring.errors import WrongFacts


def percent(part: int, whole: int, places: int = 1) -> Decimal:
    """`part` of `whole` in percent with so many decimals, half up: percent(108, 126) is 85.7.

    Raises WrongFacts where there is nothing to have a share of, or the part is none of the whole.
    """
    if whole <= 0 or not 0 <= part <= whole:
        raise WrongFacts(
            "{part} of {whole} is no share; a share needs a whole of at least 1 and a part of it.",
            part=part,
            whole=whole,
        )
    tenths = 100 * 10**places * int(part)
    return Decimal((2 * tenths + int(whole)) // (2 * int(whole))).scaleb(-places)
