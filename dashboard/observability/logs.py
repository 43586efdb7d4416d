"""The log: one JSON object a line on stderr, each with the reference number of the request it belongs to.

Never in it: passwords, tokens, cookies, query strings, forms, what rows hold.
"""

import logging
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from pythonjsonlogger.json import JsonFormatter

NAME = "credit_map"
FIELDS = ("asctime", "levelname", "message", "reference", "route", "account")
SHORT = {"asctime": "time", "levelname": "level"}


def new_reference() -> str:
    """A number for a person to read out and an administrator to look for."""
    return secrets.token_hex(4)


@dataclass
class Doing:
    """The request being answered. It is changed in place, as threads that answer it get a copy of their context."""

    reference: str = field(default_factory=new_reference)
    route: str = ""
    account: str = ""


_doing: ContextVar[Doing | None] = ContextVar("doing", default=None)


@contextmanager
def about(doing: Doing) -> Iterator[Doing]:
    """What is logged within the block is about this request."""
    token = _doing.set(doing)
    try:
        yield doing
    finally:
        _doing.reset(token)


def reference() -> str:
    """The number of the request being answered; a new one elsewhere, as for the run of a page."""
    doing = _doing.get()
    return doing.reference if doing else new_reference()


def by(account: str) -> None:
    """Says whose request is being answered."""
    if doing := _doing.get():
        doing.account = account


class _Named(logging.Filter):
    """Gives each record what is known of its request, unless the record says so itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        doing = _doing.get() or Doing(reference="")
        for name in ("reference", "route", "account"):
            if not hasattr(record, name):
                setattr(record, name, getattr(doing, name))
        return True


def to_stderr() -> None:
    """Sends the product's log to stderr, once however often it is asked for."""
    log = logging.getLogger(NAME)
    if any(isinstance(handler.formatter, JsonFormatter) for handler in log.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Named())
    handler.setFormatter(JsonFormatter(list(FIELDS), rename_fields=SHORT, json_ensure_ascii=False))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
