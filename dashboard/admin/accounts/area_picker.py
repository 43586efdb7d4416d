"""Areas chosen from the tree of those somebody may give: opened level by level, named with all that is around them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import streamlit as st

from dashboard.i18n import Translator
from dashboard.look.choices import distinct_labels, select_by_id
from data.access.accounts import EVERYWHERE
from data.access.area_tree import AreaTree

INTO = " › "


@dataclass(frozen=True)
class AreaNames:
    """What areas are called on the screen, by what names them in a Grant."""

    tree: AreaTree
    t: Translator

    def own(self, grant: str) -> str:
        return self.t.of(self.tree[grant].names)

    def full(self, grant: str) -> str:
        """With the areas around it and its code; one that is not in the tree as it is written."""
        if grant == EVERYWHERE:
            return self.t("auth.everywhere")
        if grant not in self.tree:
            return self.t("accounts.area_gone", area=grant)
        path, at = [self.own(grant)], self.tree[grant].above
        while at is not None:
            path, at = [self.own(at), *path], self.tree[at].above
        return " · ".join(filter(None, (INTO.join(path), self.tree[grant].code)))

    def listed(self, grants: Sequence[str]) -> str:
        return self.t.listed(map(self.full, grants)) if grants else "–"


def areas_picked(names: AreaNames, key: str, before: Sequence[str], may_give_all: bool) -> tuple[str, ...]:
    """The areas chosen, by what names them in a Grant.

    key: of the field. before: what is chosen to begin with. Only what is chosen and what the boxes have opened is
    offered: a city has thousands of areas.
    """
    t, tree = names.t, names.tree
    if key not in st.session_state:
        st.session_state[key] = list(before)
    kept = [grant for grant in st.session_state[key] if grant in tree or grant in (EVERYWHERE, *before)]
    opened = _opened(names, key)
    options = list(dict.fromkeys([*([EVERYWHERE] if may_give_all else []), *kept, *opened]))
    name_of = distinct_labels([EVERYWHERE, *tree, *(one for one in before if one not in tree)], names.full)
    chosen = st.multiselect(
        t("auth.areas"),
        options,
        format_func=name_of,
        key=key,
        help=t("accounts.areas_help"),
        placeholder=t("accounts.choose"),
    )
    return tuple(grant for grant in chosen if grant in options)


def _opened(names: AreaNames, key: str) -> list[str]:
    """Boxes to open a city, an area in it and so on; the area opened last, and what lies right below it."""
    t, tree = names.t, names.tree
    below: dict[str | None, list[str]] = defaultdict(list)
    for grant, area in tree.items():
        below[area.above].append(grant)
    at = below[None][0] if len(below[None]) == 1 else None
    for box in cycle(st.columns(2)):
        inside = [grant for grant in below[at] if below[grant]]
        if not inside:
            break
        level = tree[inside[0]].level
        with box:
            chosen = select_by_id(
                t(f"level.{level}") if level else t("control.city"),
                inside,
                names.own,
                index=None,
                key=f"{key}-in-{at}",
                placeholder=t("accounts.open_area"),
            )
        if chosen is None:
            break
        at = chosen
    return [*([at] if at is not None else []), *below[at]]
