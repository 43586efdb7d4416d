"""Areas chosen from the tree of those somebody may give: opened level by level, named with all that is around them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

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
        select_all=False,
    )
    return tuple(grant for grant in chosen if grant in options)


def _opened(names: AreaNames, key: str) -> list[str]:
    """Boxes to open a city, an area in it and so on; all that was opened, and what lies right below the last of it.

    An area alone in what lies around it is opened by itself.
    """
    below: dict[str | None, list[str]] = defaultdict(list)
    for grant, area in names.tree.items():
        below[area.above].append(grant)
    boxes, path = cycle(st.columns(2)), list[str]()
    at: str | None = None
    while inside := [grant for grant in below[at] if below[grant]]:
        at = inside[0] if len(below[at]) == 1 else _box(next(boxes), names, inside, f"{key}-in-{at}")
        if at is None:
            break
        path.append(at)
    return [*path, *below[path[-1] if path else None]]


def _box(box: DeltaGenerator, names: AreaNames, inside: Sequence[str], key: str) -> str | None:
    level = names.tree[inside[0]].level
    with box:
        return select_by_id(
            names.t(f"level.{level}") if level else names.t("control.city"),
            inside,
            names.own,
            index=None,
            key=key,
            placeholder=names.t("accounts.open_area"),
        )
