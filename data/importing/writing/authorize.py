"""Who may import files, and undo imports."""

from sqlalchemy import Engine, select

from data.access.errors import NotAllowed
from data.access.roles import SYSTEM, AccessScope
from data.db.engine import reading
from data.db.models.city import City
from data.importing.mapping.schema import SourceMapping


def check_may_import(engine: Engine, scope: AccessScope, mapping: SourceMapping) -> None:
    """Raises NotAllowed unless the scope may import and sees the whole of the mapping's city."""
    with reading(engine, SYSTEM) as session:
        check_may_change(scope, session.scalar(select(City.id).where(City.code == mapping.city)), mapping.city)


def check_may_change(scope: AccessScope, city_id: int | None, city: str) -> None:
    """city_id: None for a city that is yet to be made. Raises NotAllowed."""
    if not scope.can("import"):
        raise NotAllowed("You may not import files; ask an administrator.")
    whole = scope.areas is None if city_id is None else scope.sees_all_of(city_id)
    if not whole:
        raise NotAllowed("You may not change the city '{city}'; ask an administrator of every city.", city=city)
