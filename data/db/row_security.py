"""A second wall, on PostgreSQL: the server itself withholds rows that are not the viewer's, whatever a query forgets.

`python -m data protect ROLE` builds it; the product then connects as ROLE, which owns no table. Every transaction says
who looks, in settings of its own. The wall is held against mistakes in our queries, not against one who can run SQL
of their own as ROLE: that one could name another viewer.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, bindparam, func, select
from sqlalchemy.exc import ProgrammingError

from data.access.roles import PERMISSIONS, SYSTEM, AccessScope
from data.db.models.city import Base
from data.errors import DataError

BEFORE_EACH_NAME = "credit_map."
# The rules make queries look dear, and the server would spend a second compiling what takes it a tenth to run.
PLANNED = {"jit": "off"}
WAIT_FOR_READERS = "SET LOCAL lock_timeout = '60s'"


class NoWall(DataError):
    """Row-level security cannot be set up here, or not for this role."""


def settings(scope: AccessScope) -> dict[str, str]:
    """What a transaction says of who looks. A setting that is missing or empty opens nothing."""

    def numbers(ids: tuple[int, ...] | None) -> str:
        return ",".join(map(str, ids or ()))

    told = {
        "everything": scope == SYSTEM,
        "every_area": scope.areas is None,
        "every_group": scope.hazard_groups is None,
        "every_use": not scope.public_homes_only,
    }
    return {
        **{name: "on" if is_so else "" for name, is_so in told.items()},
        "rights": ",".join(sorted(PERMISSIONS.get(scope.role, ()))),
        "areas": numbers(scope.areas),
        "cities": numbers(scope.cities),
        "hazard_groups": ",".join(scope.hazard_groups or ()),
    }


def set_session_settings(connection: Connection, scope: AccessScope) -> None:
    """Says who looks until the transaction ends."""
    told = {BEFORE_EACH_NAME + name: value for name, value in settings(scope).items()} | PLANNED
    calls = [func.set_config(name, bindparam(None, value), True) for name, value in told.items()]
    connection.execute(select(*calls))


def _setting(name: str) -> str:
    return f"current_setting('{BEFORE_EACH_NAME}{name}', true)"


# Each stands in a select of its own, so that the server works it out once a query and not once a row.
def _on(name: str) -> str:
    return f"(SELECT {_setting(name)} = 'on')"


def _may(permission: str) -> str:
    return f"(SELECT '{permission}' = ANY(string_to_array({_setting('rights')}, ',')))"


def _among(name: str) -> str:
    return f"ANY((SELECT string_to_array({_setting(name)}, ',')::bigint[])::bigint[])"


def _its_groups(column: str) -> str:
    return f"{column} = ANY((SELECT string_to_array({_setting('hazard_groups')}, ','))::text[])"


def _whole(city: str) -> str:
    """The city is seen whole, as AccessScope.sees_all_of says."""
    wide = f"{_may('buildings')} AND {_on('every_group')} AND {_on('every_use')}"
    return f"({wide} AND ({_on('every_area')} OR {city} = {_among('cities')}))"


def _through(table: str, column: str) -> str:
    """The row of another table that this one belongs to is the viewer's to see."""
    return f"EXISTS (SELECT 1 FROM {table} AS its WHERE its.id = {column})"


# Asked through functions that see everything: a rule of buildings that read hazards, whose rule reads buildings,
# would never end.
FUNCTIONS = {
    "credit_map_hazardous_buildings": f"SELECT building_id FROM hazards WHERE {_its_groups('hazard_group')}",
    "credit_map_public_buildings": "SELECT building_id FROM homes",
}
SECURITY_DEFINER_BODY = f"""
    DECLARE before text := {_setting("everything")};
    BEGIN
        PERFORM set_config('{BEFORE_EACH_NAME}everything', 'on', true);
        RETURN QUERY {{question}};
        PERFORM set_config('{BEFORE_EACH_NAME}everything', coalesce(before, ''), true);
    END"""
HAZARDOUS, PUBLIC = (f"(SELECT * FROM {name}())" for name in FUNCTIONS)
AREAS = ("district_id", "street_id", "community_id", "grid_id")
IN_ITS_AREAS = " OR ".join(f"{column} = {_among('areas')}" for column in AREAS)
ANYBODY = _may("buildings")
OF_ITS_BUILDING = _through("buildings", "building_id")
EVERYTHING_LOOKS = _on("everything")

# Who may read a row, as data.city.queries.within has it. A table that is neither here nor closed is shown to nobody.
RULES: Mapping[str, str] = {
    "cities": f"{_whole('id')} OR id IN (SELECT city_id FROM buildings)",
    "areas": f"{_whole('city_id')} OR id IN (SELECT unnest(ARRAY[{', '.join(AREAS)}]) FROM buildings)",
    "checklists": ANYBODY,
    "rule_editions": ANYBODY,
    "imports": _whole("city_id"),
    "rows_set_aside": _through("imports", "import_id"),
    "undone_imports": _through("imports", "import_id"),
    "saved_mappings": _may("import"),
    "buildings": (
        f"{ANYBODY} AND ({_on('every_area')} OR city_id = {_among('cities')} OR {IN_ITS_AREAS})"
        f" AND ({_on('every_group')} OR id IN {HAZARDOUS}) AND ({_on('every_use')} OR id IN {PUBLIC})"
    ),
    "area_expectations": _through("areas", "area_id"),
    "inspections": OF_ITS_BUILDING,
    "ratings": OF_ITS_BUILDING,
    "rating_runs": _through("cities", "city_id"),
    "rating_corrections": OF_ITS_BUILDING,
    "published_editions": _through("cities", "city_id"),
    "rule_drafts": f"{_may('drafts')} AND {_through('cities', 'city_id')}",
    "events": f"{_may('cases')} AND {OF_ITS_BUILDING}",
    "hazards": (f"{_may('hazards')} AND ({_on('every_group')} OR {_its_groups('hazard_group')}) AND {OF_ITS_BUILDING}"),
    "hazard_steps": _through("hazards", "hazard_id"),
    "homes": f"{_may('homes')} AND {OF_ITS_BUILDING}",
    "home_states": _through("homes", "home_id"),
    "projects": f"{_may('homes')} AND EXISTS (SELECT 1 FROM homes AS its WHERE its.project_id = projects.id)",
}
CLOSED = frozenset(  # read and written by the door, by imports and by commands, which look as SYSTEM
    {
        *("import_keys", "earlier_rows"),
        *("accounts", "account_areas", "sign_ins", "known_browsers", "failed_sign_ins"),
        *("audit_entries", "audit_head"),
    }
)
ONLY_ADDED_TO = frozenset({"audit_entries"})


def install_policies(engine: Engine, role: str) -> list[str]:
    """Builds the wall, lets `role` work behind it, and names the tables behind it; makes the role if there is none.

    To be run by the tables' owner, and again whenever tables were added. Raises NoWall.
    """
    if engine.dialect.name != "postgresql":
        raise NoWall("SQLite has no row-level security: set CREDIT_MAP_DATABASE to the owner's PostgreSQL address.")
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(WAIT_FOR_READERS)
            _take_in(connection, role)
            _build(connection)
            _grant(connection, engine.dialect.identifier_preparer.quote_identifier(role))
    except ProgrammingError as error:
        raise NoWall("The wall was not built ({why}); run this as the owner of the tables.", why=error.orig) from error
    return sorted(Base.metadata.tables)


def roles_let_in(connection: Connection) -> list[str]:
    """Roles beside the owner that may read buildings: whom `install_policies` has let in."""
    grants = "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_name = 'buildings'"
    owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'buildings'"
    asked = f"{grants} AND privilege_type = 'SELECT' AND grantee <> 'PUBLIC' AND grantee NOT IN ({owner}) ORDER BY 1"
    return list(connection.exec_driver_sql(asked).scalars())


def _take_in(connection: Connection, role: str) -> None:
    """Makes the role where there is none. Raises NoWall for one that the wall would not hold."""
    asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %(role)s"
    above = connection.exec_driver_sql(asked, {"role": role}).scalar()
    if above is None:
        quoted = connection.dialect.identifier_preparer.quote_identifier(role)
        connection.exec_driver_sql(f"CREATE ROLE {quoted} LOGIN")
        return
    owns = "SELECT bool_or(pg_has_role(%(role)s, tableowner, 'MEMBER')) FROM pg_tables WHERE tablename = 'buildings'"
    if above or connection.exec_driver_sql(owns, {"role": role}).scalar():
        raise NoWall(
            "'{role}' owns the tables or stands above their rules; name a role of its own for the product.", role=role
        )


def _build(connection: Connection) -> None:
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    for name, body in FUNCTIONS.items():
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS SETOF bigint LANGUAGE plpgsql STABLE"
            f" SET search_path = {schema}, pg_temp AS $${SECURITY_DEFINER_BODY.format(question=body)}$$"
        )
    for table in Base.metadata.tables:
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for policy in ("everything", "viewers"):
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS {policy} ON {table}")
        if table in RULES or table in CLOSED:
            whole = f"USING ({EVERYTHING_LOOKS}) WITH CHECK ({EVERYTHING_LOOKS})"
            connection.exec_driver_sql(f"CREATE POLICY everything ON {table} {whole}")
        if table in RULES:
            # Who sees everything stands first: the rest is then not asked, and cannot ask in a circle.
            seen = f"{EVERYTHING_LOOKS} OR ({RULES[table]})"
            connection.exec_driver_sql(f"CREATE POLICY viewers ON {table} FOR SELECT USING ({seen})")


def _grant(connection: Connection, role: str) -> None:
    """What the product needs of each table, and no more: a table cannot be emptied or changed past the rules."""
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    for name, table in Base.metadata.tables.items():
        deeds = "SELECT, INSERT" if name in ONLY_ADDED_TO else "SELECT, INSERT, UPDATE, DELETE"
        connection.exec_driver_sql(f"REVOKE ALL ON {name} FROM {role}")
        connection.exec_driver_sql(f"GRANT {deeds} ON {name} TO {role}")
        asked = "SELECT pg_get_serial_sequence(%(table)s, 'id')"
        if "id" in table.c and (sequence := connection.exec_driver_sql(asked, {"table": name}).scalar()):
            connection.exec_driver_sql(f"GRANT USAGE, SELECT, UPDATE ON SEQUENCE {sequence} TO {role}")
