"""What a building is, on its card: code, place, size, use."""

from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html
from data.city.building_report import BuildingReport


def base_data(context: CityContext, card: BuildingReport, t: Translator) -> str:
    building = card.building
    rows = {
        "code": building.code,
        "formerly": t.listed(building.formerly or ()),
        "address": building.address,
        "area": " / ".join(context.area_name[one][t.language != "zh"] for one in card.areas),
        "homes": _number(building.homes),
        "floors": _number(building.floors),
        "built": str(building.built or ""),
        "use": _use(building.use, t),
        "group_rental": _yes_or_no(building.group_rental, t),
        "public_homes": " · ".join(
            t("card.public_state", state=t(f"home_state.{state}"), n=n) for state, n in card.homes.items()
        ),
    }
    lines = "".join(
        f"<dt>{as_html(t(f'card.{name}'))}</dt><dd>{as_html(text)}</dd>" for name, text in rows.items() if text
    )
    off_map = ""
    if building.off_map:
        off_map = f"<p class='note'>{as_html(t('card.off_map', reason=t.of(building.off_map)))}</p>"
    return f"<section><h5>{as_html(t('card.base'))}</h5><dl class='facts'>{lines}</dl>{off_map}</section>"


def _use(use: str | None, t: Translator) -> str:
    return t(f"use.{use}") if use and f"use.{use}" in t else use or ""


def _yes_or_no(value: bool | None, t: Translator) -> str:
    return "" if value is None else t("control.yes" if value else "control.no")


def _number(value: int | None) -> str:
    return f"{value:,}" if value else ""
