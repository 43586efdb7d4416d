"""Row-level security on PostgreSQL: the server withholds rows outside the access scope, whatever a query forgets.

`python -m data protect ROLE` installs the policies; the product then connects as ROLE, which owns no table. Every
transaction states its access scope in settings of its own. This guards against mistakes in our queries, not against
someone who can run SQL as ROLE: they could state another scope.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, bindparam, func, select
from sqlalchemy.exc import ProgrammingError

from data.access.roles import PERMISSIONS, SYSTEM, AccessScope
from data.db.models import Base
from data.db.schema_version import VERSION_TABLE
from data.errors import DataError, why_not

PREFIX = "credit_map."
# The policies make queries look dear, and the server would spend a second compiling what takes it a tenth to run.
PLANNER_SETTINGS = {"jit": "off"}
WAIT_FOR_READERS = "SET LOCAL lock_timeout = '60s'"


class NoRowSecurity(DataError):
    """Row-level security cannot be set up here, or not for this role."""


def settings(scope: AccessScope) -> dict[str, str]:
    """An access scope as settings of a transaction. A setting that is missing or empty opens nothing."""

    def numbers(ids: tuple[int, ...] | None) -> str:
        return ",".join(map(str, ids or ()))

    flags = {
        "everything": scope == SYSTEM,
        "every_area": scope.areas is None,
        "every_group": scope.hazard_groups is None,
        "every_use": not scope.public_homes_only,
    }
    return {
        **{name: "on" if is_so else "" for name, is_so in flags.items()},
        "rights": ",".join(sorted(PERMISSIONS.get(scope.role, ()))),
        "areas": numbers(scope.areas),
        "cities": numbers(scope.cities),
        "hazard_groups": ",".join(scope.hazard_groups or ()),
    }


def set_session_settings(connection: Connection, scope: AccessScope) -> None:
    """States the access scope until the transaction ends."""
    values = {PREFIX + name: value for name, value in settings(scope).items()} | PLANNER_SETTINGS
    calls = [func.set_config(name, bindparam(None, value), True) for name, value in values.items()]
    connection.execute(select(*calls))


def _setting(name: str) -> str:
    return f"current_setting('{PREFIX}{name}', true)"


# Each in a select of its own, so that the server evaluates it once a query and not once a row.
def _on(name: str) -> str:
    return f"(SELECT {_setting(name)} = 'on')"


def _permitted(permission: str) -> str:
    return f"(SELECT '{permission}' = ANY(string_to_array({_setting('rights')}, ',')))"


def _among(name: str) -> str:
    return f"ANY((SELECT string_to_array({_setting(name)}, ',')::bigint[])::bigint[])"


def _its_groups(column: str) -> str:
    return f"{column} = ANY((SELECT string_to_array({_setting('hazard_groups')}, ','))::text[])"


def _whole(city: str) -> str:
    """The scope covers the whole city, as AccessScope.sees_all_of says."""
    wide = f"{_permitted('buildings')} AND {_on('every_group')} AND {_on('every_use')}"
    return f"({wide} AND ({_on('every_area')} OR {city} = {_among('cities')}))"


def _through(table: str, column: str) -> str:
    """The row of another table that this one belongs to is visible."""
    return f"EXISTS (SELECT 1 FROM {table} AS its WHERE its.id = {column})"


# Asked through functions that see everything: a policy of buildings that read hazards, whose policy reads buildings,
# would never end.
FUNCTIONS = {
    "credit_map_hazardous_buildings": f"SELECT building_id FROM hazards WHERE {_its_groups('hazard_group')}"
    " AND void IS NOT TRUE AND NOT EXISTS (SELECT 1 FROM hazards AS later WHERE later.corrects_id = hazards.id)",
    "credit_map_public_buildings": "SELECT building_id FROM homes",
    "credit_map_areas_within": f"WITH RECURSIVE within AS (SELECT id FROM areas WHERE id = {_among('areas')}"
    " UNION SELECT areas.id FROM areas JOIN within ON areas.parent_id = within.id) SELECT id FROM within",
}
SECURITY_DEFINER_BODY = f"""
    DECLARE before text := {_setting("everything")};
    BEGIN
        PERFORM set_config('{PREFIX}everything', 'on', true);
        RETURN QUERY {{question}};
        PERFORM set_config('{PREFIX}everything', coalesce(before, ''), true);
    END"""
HAZARDOUS, PUBLIC, AREAS_WITHIN = (f"(SELECT * FROM {name}())" for name in FUNCTIONS)
AREAS = ("district_id", "street_id", "community_id", "grid_id")
IN_ITS_AREAS = " OR ".join(f"{column} = {_among('areas')}" for column in AREAS)
ANYBODY = _permitted("buildings")
OF_ITS_BUILDING = _through("buildings", "building_id")
IS_SYSTEM = _on("everything")
SEES_PLANS = f"{ANYBODY} AND {_permitted('plan_view')}"

# Who may read a row, as data.city.queries.visible_to has it. A table neither here nor in CLOSED is shown to nobody.
POLICIES: Mapping[str, str] = {
    "cities": f"{_whole('id')} OR id IN (SELECT city_id FROM buildings)",
    "areas": f"{_whole('city_id')} OR id IN (SELECT unnest(ARRAY[{', '.join(AREAS)}]) FROM buildings)",
    "checklists": ANYBODY,
    "rule_editions": ANYBODY,
    "imports": _whole("city_id"),
    "rows_set_aside": _through("imports", "import_id"),
    "undone_imports": _through("imports", "import_id"),
    "saved_mappings": _permitted("import"),
    "buildings": (
        f"{ANYBODY} AND ({_on('every_area')} OR city_id = {_among('cities')} OR {IN_ITS_AREAS})"
        f" AND ({_on('every_group')} OR id IN {HAZARDOUS}) AND ({_on('every_use')} OR id IN {PUBLIC})"
    ),
    "ground_features": _through("cities", "city_id"),
    "area_expectations": _through("areas", "area_id"),
    "inspections": OF_ITS_BUILDING,
    "ratings": OF_ITS_BUILDING,
    "rating_runs": _through("cities", "city_id"),
    "rating_corrections": OF_ITS_BUILDING,
    "published_editions": _through("cities", "city_id"),
    "rule_drafts": f"{_permitted('drafts')} AND {_through('cities', 'city_id')}",
    "events": f"{_permitted('cases')} AND {OF_ITS_BUILDING}",
    "hazards": (
        f"{_permitted('hazards')} AND ({_on('every_group')} OR {_its_groups('hazard_group')}) AND {OF_ITS_BUILDING}"
    ),
    "hazard_steps": _through("hazards", "hazard_id"),
    "homes": f"{_permitted('homes')} AND {OF_ITS_BUILDING}",
    "home_states": _through("homes", "home_id"),
    "credit_records": (
        f"{_permitted('homes')} AND ({_through('homes', 'home_id')} OR {_through('projects', 'project_id')})"
    ),
    "credit_record_steps": _through("credit_records", "record_id"),
    "projects": f"{_permitted('homes')} AND EXISTS (SELECT 1 FROM homes AS its WHERE its.project_id = projects.id)",
    "officers": (
        f"{SEES_PLANS} AND ({_on('every_area')} OR city_id = {_among('cities')} OR area_id IN {AREAS_WITHIN})"
    ),
    "officer_leave": _through("officers", "officer_id"),
    "plans": f"{SEES_PLANS} AND {_through('areas', 'area_id')}",
    "plan_officers": _through("officers", "officer_id"),
    "plan_stops": f"{SEES_PLANS} AND {OF_ITS_BUILDING}",
    "plan_left_out": f"{SEES_PLANS} AND {OF_ITS_BUILDING}",
    "plan_overrides": f"{SEES_PLANS} AND {OF_ITS_BUILDING}",
}
CLOSED = frozenset(  # read and written by authentication, imports, records and commands, which run as SYSTEM
    {
        *("import_keys", "earlier_rows", "changes", "changed_buildings"),
        *("record_keys", "form_keys"),
        *("accounts", "account_areas", "sign_ins", "known_browsers", "failed_sign_ins"),
        "throttled_sign_ins",
        *("audit_entries", "audit_head"),
    }
)
ONLY_ADDED_TO = frozenset({"audit_entries"})


def install_policies(engine: Engine, role: str) -> list[str]:
    """Installs the policies, grants `role` what the product needs, returns the tables; creates a missing role.

    To be run by the tables' owner, and again whenever tables were added. Raises NoRowSecurity.
    """
    if engine.dialect.name != "postgresql":
        raise NoRowSecurity(
            "SQLite has no row-level security: set CREDIT_MAP_DATABASE to the owner's PostgreSQL address."
        )
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(WAIT_FOR_READERS)
            _ensure_role(connection, role)
            _create_policies(connection)
            _grant(connection, engine.dialect.identifier_preparer.quote_identifier(role))
    except ProgrammingError as error:
        raise NoRowSecurity(
            "Row-level security was not set up ({why}); run this as the owner of the tables.",
            why=why_not(error.orig or error),
        ) from error
    return sorted(Base.metadata.tables)


def granted_roles(connection: Connection) -> list[str]:
    """Roles beside the owner that may read buildings: those `install_policies` was run for."""
    grants = "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_name = 'buildings'"
    owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'buildings'"
    query = f"{grants} AND privilege_type = 'SELECT' AND grantee <> 'PUBLIC' AND grantee NOT IN ({owner}) ORDER BY 1"
    return list(connection.exec_driver_sql(query).scalars())


def _ensure_role(connection: Connection, role: str) -> None:
    """Creates a missing role. Raises NoRowSecurity for one that row-level security would not apply to."""
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %(role)s"
    above = connection.exec_driver_sql(query, {"role": role}).scalar()
    if above is None:
        quoted = connection.dialect.identifier_preparer.quote_identifier(role)
        connection.exec_driver_sql(f"CREATE ROLE {quoted} LOGIN")
        return
    owns = "SELECT bool_or(pg_has_role(%(role)s, tableowner, 'MEMBER')) FROM pg_tables WHERE tablename = 'buildings'"
    if above or connection.exec_driver_sql(owns, {"role": role}).scalar():
        raise NoRowSecurity(
            "'{role}' owns the tables or stands above their rules; name a role of its own for the product.", role=role
        )


def _create_policies(connection: Connection) -> None:
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
        if table in POLICIES or table in CLOSED:
            whole = f"USING ({IS_SYSTEM}) WITH CHECK ({IS_SYSTEM})"
            connection.exec_driver_sql(f"CREATE POLICY everything ON {table} {whole}")
        if table in POLICIES:
            # The system scope comes first: the rest is then not evaluated, and cannot recurse.
            visible = f"{IS_SYSTEM} OR ({POLICIES[table]})"
            connection.exec_driver_sql(f"CREATE POLICY viewers ON {table} FOR SELECT USING ({visible})")


def _grant(connection: Connection, role: str) -> None:
    """What the product needs of each table, and no more: a table cannot be truncated or altered."""
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    connection.exec_driver_sql(f"GRANT SELECT ON {VERSION_TABLE} TO {role}")
    for name, table in Base.metadata.tables.items():
        privileges = "SELECT, INSERT" if name in ONLY_ADDED_TO else "SELECT, INSERT, UPDATE, DELETE"
        connection.exec_driver_sql(f"REVOKE ALL ON {name} FROM {role}")
        connection.exec_driver_sql(f"GRANT {privileges} ON {name} TO {role}")
        query = "SELECT pg_get_serial_sequence(%(table)s, 'id')"
        if "id" in table.c and (sequence := connection.exec_driver_sql(query, {"table": name}).scalar()):
            connection.exec_driver_sql(f"GRANT USAGE, SELECT, UPDATE ON SEQUENCE {sequence} TO {role}")
