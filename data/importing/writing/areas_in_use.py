"""An area ends only once no building lies in it: one that was to end and still holds buildings stands on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select, update

from data.db.models.city import Area, Building
from data.importing.writing.master_data import Writer

FIRST_CODES = 5


@dataclass(frozen=True)
class AreaInUse:
    """An area that stands on, how many buildings lie in it, and the codes of the first of them."""

    level: str
    code: str
    buildings: int
    codes: Sequence[str]


def left_standing(writer: Writer) -> tuple[AreaInUse, ...]:
    """The areas that this import was to end and in which buildings lie; their days are taken back."""
    question = select(Area).where(
        Area.city_id == writer.city.id, Area.import_id == writer.import_id, Area.ended_on.is_not(None)
    )
    areas = writer.session.scalars(question.order_by(Area.level, Area.code).execution_options(populate_existing=True))
    return tuple(filter(None, (_left_standing(writer, area) for area in areas.all())))


def _left_standing(writer: Writer, area: Area) -> AreaInUse | None:
    lies_in = getattr(Building, f"{area.level}_id") == area.id
    outlives = or_(Building.ended_on.is_(None), Building.ended_on > area.ended_on)
    in_it = (Building.city_id == writer.city.id, lies_in, outlives)
    count = writer.session.scalar(select(func.count()).select_from(Building).where(*in_it)) or 0
    if not count:
        return None
    codes = writer.session.scalars(select(Building.code).where(*in_it).order_by(Building.code).limit(FIRST_CODES))
    standing = AreaInUse(area.level, area.code, count, codes.all())
    writer.session.execute(update(Area).where(Area.id == area.id).values(ended_on=None, ended_as=None))
    return standing
