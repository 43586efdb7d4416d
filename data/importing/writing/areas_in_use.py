"""An area ends only once no building lies in it: one that was to end and still holds buildings stands on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from data.db.models.city import LEVELS, Area, Building
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
    in_use = {id_: area for level in LEVELS for id_, area in _in_use(writer, level)}
    for id_ in in_use:
        writer.session.execute(update(Area).where(Area.id == id_).values(ended_on=None, ended_as=None))
    return tuple(in_use.values())


def _in_use(writer: Writer, level: str) -> Iterator[tuple[int, AreaInUse]]:
    ended = and_(Area.city_id == writer.city.id, Area.import_id == writer.import_id, Area.ended_on.is_not(None))
    question = select(Area.id, Area.code, func.count(Building.id)).select_from(Area).join(Building, _lies_in(level))
    rows = writer.session.execute(question.where(ended).group_by(Area.id, Area.code).order_by(Area.code)).all()
    for id_, code, count in rows:
        first = (
            select(Building.code)
            .select_from(Building)
            .join(Area, _lies_in(level))
            .where(Area.id == id_)
            .order_by(Building.code)
        )
        yield id_, AreaInUse(level, code, count, writer.session.scalars(first.limit(FIRST_CODES)).all())


def _lies_in(level: str) -> ColumnElement[bool]:
    """Of a building that outlives its area."""
    outlives = or_(Building.ended_on.is_(None), Building.ended_on > Area.ended_on)
    return and_(getattr(Building, f"{level}_id") == Area.id, outlives)
