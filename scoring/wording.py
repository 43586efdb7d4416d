"""Templates of sentences, where a word follows how many there are: "{n:,} {n:building|buildings}"."""

from collections.abc import Mapping
from string import Formatter


class _ByNumber(Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        one, is_choice, several = format_spec.partition("|")
        if not is_choice:
            return str(super().format_field(value, format_spec))
        return one if str(value).lstrip("+-") == "1" else several


def worded(template: str, values: Mapping[str, object]) -> str:
    """The template with its values, as str.format has it; of "one|several" the first where it reads 1, +1 or -1."""
    return _ByNumber().vformat(template, (), values) if "|" in template else template.format(**values)
