"""Which days are working days: weekends, public holidays, and the weekend days that are worked in their place."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import holidays
import numpy as np
from holidays.countries.china import China, ChinaStaticHolidays

from scoring.errors import OutsideCalendar

COUNTRY = "CN"
# The State Council says each autumn how the days off of the next year are moved; these are the years it has said.
ANNOUNCED = frozenset(ChinaStaticHolidays.special_public_holidays)


@dataclass(frozen=True)
class WorkingDays:
    """The working days from `first` to `last`.

    worked: bool (days,), one a day. not_announced: the years among them whose moved days off are not known yet; there
    weekends and the holidays by law are taken, and days may still be exchanged.
    """

    first: date
    last: date
    worked: np.ndarray
    not_announced: tuple[int, ...] = ()

    @cached_property
    def days(self) -> np.ndarray:
        """The working days, datetime64[D], rising."""
        return np.datetime64(self.first, "D") + np.flatnonzero(self.worked)

    def is_worked(self, day: np.ndarray) -> np.ndarray:
        """Whether each day is a working day, bool. Raises OutsideCalendar."""
        return self.worked[self._place(day)]

    def on_or_before(self, due: np.ndarray) -> np.ndarray:
        """The last working day by which each due day is met, datetime64[D]; NaT stays.

        Raises OutsideCalendar, also where no working day lies between the calendar's first and the due day.
        """
        met = np.full(due.shape, np.datetime64("NaT"), "datetime64[D]")
        asked = ~np.isnat(due)
        self._place(due[asked])
        place = np.searchsorted(self.days, due[asked].astype("datetime64[D]"), side="right") - 1
        if place.size and place.min() < 0:
            raise self._outside(due[asked].min())
        met[asked] = self.days[place]
        return met

    def between(self, first: date, last: date) -> np.ndarray:
        """The working days from `first` to `last`, both included, datetime64[D]. Raises OutsideCalendar."""
        ends = np.array([first, last], "datetime64[D]")
        self._place(ends)
        return self.days[(self.days >= ends[0]) & (self.days <= ends[1])]

    def announced(self, day: date) -> bool:
        """Whether the days off of its year are known for sure."""
        return day.year not in self.not_announced

    def _place(self, day: np.ndarray) -> np.ndarray:
        place = (day.astype("datetime64[D]") - np.datetime64(self.first, "D")).astype(np.int64)
        if place.size and (place.min() < 0 or place.max() >= len(self.worked)):
            raise self._outside(day.min() if place.min() < 0 else day.max())
        return place

    def _outside(self, day: np.datetime64) -> OutsideCalendar:
        return OutsideCalendar(
            "{day} lies outside the calendar of working days, {first} to {last}; make it longer.",
            day=day.astype("datetime64[D]").item(),
            first=self.first,
            last=self.last,
        )


def working_days(first: date, last: date) -> WorkingDays:
    """The working days of the country from `first` to `last`, both included. Raises OutsideCalendar."""
    if not China.start_year <= first.year <= last.year <= China.end_year:
        raise OutsideCalendar(
            "No calendar of days off reaches from {first} to {last}; give years from {earliest} to {latest}.",
            first=first,
            last=last,
            earliest=China.start_year,
            latest=China.end_year,
        )
    years = range(first.year, last.year + 1)
    calendar = holidays.country_holidays(COUNTRY, years=years)
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
    worked = np.array([calendar.is_working_day(day.item()) for day in days], bool)
    return WorkingDays(first, last, worked, tuple(year for year in years if year not in ANNOUNCED))
