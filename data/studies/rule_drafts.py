"""Saving drafts of rules, and putting one in force from a day on."""

from datetime import UTC, date, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.fact_rights import reads_persons, refuse_withheld_facts, withheld_facts
from data.access.roles import AccessScope, Permission
from data.audit.trail import Actor, record
from data.city import city_metadata
from data.city.rulebooks import rulebook
from data.db import form_keys
from data.db.models.city import City
from data.db.models.rules import PublishedEdition, RuleDraft
from data.studies.errors import DraftRefused
from scoring.rulebook.editions import Edition, Rulebook, edition_from
from scoring.rulebook.figures import without_facts
from scoring.turning_signs import in_one_direction

LONGEST_NAME = 80


def edition_seen_by(scope: AccessScope, edition: Edition) -> Edition:
    """The edition without what reads facts outside the scope: what its drafts begin with and are compared to."""
    withheld = withheld_facts(scope, edition)
    if not withheld:
        return edition
    text = _text_without(edition.text, tuple(fact.name for fact in withheld))
    return edition_from(text, edition.rule_set, edition.in_force)


_text_without = lru_cache(maxsize=32)(without_facts)  # some tenths of a second a file


def needs_confirmation(edition: Edition) -> bool:
    """Whether it is put in force knowingly or not at all: by its own warning, or as it grades who lives there."""
    return edition.warning is not None or reads_persons(edition)


def kept_drafts(session: Session, scope: AccessScope, city: City) -> list[RuleDraft]:
    """Every draft saved for the city, the latest first; none without the permission."""
    if not scope.can("drafts"):
        return []
    question = select(RuleDraft).where(RuleDraft.city_id == city.id).order_by(RuleDraft.id.desc())
    return list(session.scalars(question))


def keep_draft(
    session: Session,
    scope: AccessScope,
    actor: Actor,
    city: City,
    rule_set: str,
    name: str,
    text: str,
    *,
    form: str | None = None,
) -> RuleDraft:
    """Saves a draft that parses as a rule file and reads nothing outside the scope.

    form: the idempotency key of the form; the same form again returns the draft it saved. Raises DraftRefused,
    WrongRule, FactsWithheld.
    """
    _refuse_without(scope, "drafts")
    name = " ".join(in_one_direction(name).split())
    if not name or len(name) > LONGEST_NAME:
        raise DraftRefused(
            "A draft needs a name of at most {longest_name} letters.", "draft_name", longest_name=LONGEST_NAME
        )
    edition = edition_from(text, rule_set, date.max)
    refuse_withheld_facts(scope, edition)
    key = form_keys.key_of(form, actor.account, "draft", city.code, rule_set, name, edition.sha256)
    saved = form_keys.made_before(session, key)
    if saved is not None:
        return session.get_one(RuleDraft, saved)
    draft = RuleDraft(city_id=city.id, rule_set=rule_set, name=name, text=text, kept_by=actor.account, kept_at=_now())
    session.add(draft)
    session.flush()
    form_keys.keep_key(session, key, draft.id)
    details = {"city": city.code, "rule_set": rule_set, "draft": name, "sha256": edition.sha256}
    record(session, actor, "draft_kept", details)
    return draft


def published(session: Session, city: City) -> list[PublishedEdition]:
    """Every edition the city has published, the latest first."""
    question = select(PublishedEdition).where(PublishedEdition.city_id == city.id)
    return list(session.scalars(question.order_by(PublishedEdition.id.desc())))


def publish(
    session: Session,
    scope: AccessScope,
    actor: Actor,
    city: City,
    edition: Edition,
    reason: str,
    knowingly: bool = False,
    *,
    form: str | None = None,
) -> PublishedEdition:
    """Puts an edition in force for the city from `edition.in_force` on; the reason goes into the audit trail.

    knowingly: that it needs it was confirmed. form: as in keep_draft. Raises DraftRefused, FactsWithheld, and WrongRule
    where it has other grades.
    """
    _refuse_without(scope, "publish")
    refuse_withheld_facts(scope, edition)
    said = (city.code, edition.rule_set, edition.in_force, edition.sha256, reason)
    key = form_keys.key_of(form, actor.account, "edition", *said)
    made = form_keys.made_before(session, key)
    if made is not None:
        return session.get_one(PublishedEdition, made)
    _refuse_unfit(session, scope, city, edition, reason, knowingly)
    row = PublishedEdition(
        city_id=city.id,
        rule_set=edition.rule_set,
        in_force=edition.in_force,
        text=edition.text,
        reason=reason.strip(),
        published_by=actor.account,
        published_at=_now(),
    )
    session.add(row)
    session.flush()
    form_keys.keep_key(session, key, row.id)
    details = {"city": city.code, "rule_set": edition.rule_set, "in_force": edition.in_force.isoformat()}
    record(session, actor, "rules_published", details | {"reason": row.reason, "sha256": edition.sha256})
    return row


def _refuse_unfit(
    session: Session, scope: AccessScope, city: City, edition: Edition, reason: str, knowingly: bool
) -> None:
    if not scope.sees_all_of(city.id):
        raise DraftRefused("Rules are put in force for a whole city, by one who sees all of it.", "draft_part")
    if not reason.strip():
        raise DraftRefused("Say why: the reason is kept with the edition.", "draft_reason")
    if needs_confirmation(edition) and not knowingly:
        raise DraftRefused(
            "This edition carries a warning or grades a building by who lives there; confirm that it was read.",
            "draft_warning",
        )
    _, last = city_metadata.first_and_last_day(session, city)
    if edition.in_force <= last:
        raise DraftRefused(
            "Days up to {last} are graded already and stay so; choose a later day.", "draft_day", last=last
        )
    current = rulebook(session, city)
    if any(_same(edition, published) for published in current.published):
        raise DraftRefused("This very edition is published already from that day.", "draft_twice")
    Rulebook((*current.published, edition)).editions(edition.rule_set)


def _same(edition: Edition, other: Edition) -> bool:
    return (edition.rule_set, edition.in_force, edition.sha256) == (other.rule_set, other.in_force, other.sha256)


def _refuse_without(scope: AccessScope, permission: Permission) -> None:
    if not scope.can(permission):
        raise DraftRefused("This account has no right to do this; ask an administrator.", "draft_right")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
