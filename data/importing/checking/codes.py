"""Codes: one normal form whatever a program, a spreadsheet or a keyboard puts round them, or a fault."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data.importing.checking.object_arrays import objects
from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.checking.texts import DASHES, Unfit, plain
from scoring.errors import Sentence

SHORTENED = re.compile(r"\d\.\d+[eE]\+?\d+|\d[eE]\+\d+")  # but 5E3 may be a code: spreadsheets always write the sign
FLOAT = re.compile(r"(0|[1-9]\d*)\.0*")  # what becomes of a whole number that a program kept as a float
IN_THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.0*)?")
LARGEST_EXACT = 2**53  # beyond it a float is not every whole number
CODE_SIGN = "[A-Za-z0-9_:/#-]"
AS_IT_IS = re.compile(f"{CODE_SIGN}+")  # most codes: nothing about them is to be changed
EXCEL_DIGITS = 15  # Excel keeps 15 digits of a number and writes zeros for the rest
BY_CHANCE = 0.05  # how improbable so many zeros must be by themselves before they are laid to Excel


def normal_code(text: str) -> str:
    """The one form of a code: plain signs, nothing invisible, plain hyphens, no apostrophe before it, no ".0"."""
    if AS_IT_IS.fullmatch(text):
        return text
    code = plain(text)
    if not code.isascii():
        code = code.translate(DASHES)
    if code[:1] == "'":  # what keeps a spreadsheet from making a number of it
        code = code.lstrip("'").lstrip()
    whole = FLOAT.fullmatch(code)
    return whole[1] if whole and int(whole[1]) <= LARGEST_EXACT else code


def normal_codes(codes: Sequence[str]) -> Sequence[str]:
    """The normal form of each."""
    return codes if AS_IT_IS.fullmatch("".join(codes)) else [normal_code(code) for code in codes]


def check_whole(code: str, shortened_lengths: frozenset[int]) -> None:
    """Refuses a normal code that a program has cut short. Raises Unfit."""
    digits_lost = len(code) in shortened_lengths and code.isdigit() and not code[EXCEL_DIGITS:].strip("0")
    if digits_lost or (("." in code or "+" in code) and (SHORTENED.fullmatch(code) or FLOAT.fullmatch(code))):
        raise Unfit(
            "code_shortened",
            "was shortened by Excel, which keeps 15 digits of a number; save the column as text from the original "
            "(or, if the zeros are real, say trailing_zeros = true in the mapping)",
        )


def check_no_number(code: str) -> None:
    """Refuses a normal code with the signs a program puts between thousands. Raises Unfit."""
    if "," in code and IN_THOUSANDS.fullmatch(code):
        raise Unfit(
            "code_as_number",
            "is written as a number, with signs between its thousands; save the column as text from the original",
        )


def shortened_lengths(codes: Sequence[str]) -> frozenset[int]:
    """The lengths past 15 digits whose codes end in zeros more often than numbering explains.

    Of codes with 16 digits one in ten ends in 0 by itself, of those with 18 one in a thousand in 000; of shortened
    ones all do.
    """
    maybe_long = normal_codes([code for code in codes if len(code) > EXCEL_DIGITS])
    long = [code for code in maybe_long if len(code) > EXCEL_DIGITS and code.isdigit()]
    zeros = Counter(len(code) for code in long if not code[EXCEL_DIGITS:].strip("0"))
    if not zeros:
        return frozenset()
    from scipy.special import bdtrc  # most files need not wait for it

    every = Counter(map(len, long))
    chance = {length: bdtrc(n - 1, every[length], 10.0 ** (EXCEL_DIGITS - length)) for length, n in zeros.items()}
    return frozenset(length for length, probability in chance.items() if probability < BY_CHANCE)


@dataclass(frozen=True)
class StoredCodes:
    """The codes of one kind that a city has already, some from before there was a normal form."""

    table: str
    codes: frozenset[str]

    def as_stored(self, codes: np.ndarray) -> np.ndarray:
        """Each normal code as the city has it, so that no second one is made; object, same shape."""
        stored = list(self.codes)
        other = {normal: code for normal, code in zip(normal_codes(stored), stored, strict=True) if normal != code}
        if not other:
            return codes
        return objects([code if code in self.codes else other.get(code, code) for code in codes.tolist()])

    @cached_property
    def by_letters(self) -> dict[str, str]:
        """Without regard to capitals; the first of several in the order of the alphabet."""
        by_letters = {code.casefold(): code for code in self.codes}
        if len(by_letters) < len(self.codes):
            return {code.casefold(): code for code in sorted(self.codes, reverse=True)}
        return by_letters

    def check_capitals(self, codes: np.ndarray, rows: np.ndarray, faults: RowErrors) -> None:
        """A code that differs in its capitals alone from one of the city, or an earlier one of the file, is a fault.

        codes: object (rows of the file,); rows: those to be looked at.
        """
        stated = zip(rows.tolist(), codes[rows].tolist(), strict=True)
        lettered = [(row, code) for row, code in stated if not code.isdigit()]
        first = dict(self.by_letters) if lettered else {}
        for row, code in lettered:
            other = first.setdefault(code.casefold(), code)
            if other != code and code not in self.codes:
                faults.add_all(np.array([row]), self._other_capitals(code, other))

    def _other_capitals(self, code: str, other: str) -> RowError:
        return RowError(
            "code_capitals",
            "The {table} '{code}' differs from '{other}' in its capitals alone; write both alike, or say "
            "case_matters = true in the mapping if they are two.",
            table=Sentence(self.table),
            code=code,
            other=other,
        )
