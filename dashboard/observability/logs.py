"""The log: one JSON object a line on stderr, each with the reference number of the request it belongs to.

Never in it: passwords, tokens, cookies, query strings, forms, what rows hold.
"""

import logging
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from scoring.turning_signs import TURNING

NAME = "credit_map"
FIELDS = ("asctime", "levelname", "message", "reference", "route", "account")
STEERING = re.compile(f"{TURNING.pattern}|[\x85\u2028\u2029]")
SHORT = {"asctime": "time", "levelname": "level"}


def new_reference() -> str:
    """A number for a person to read out and an administrator to look for."""
    return secrets.token_hex(4)


@dataclass
class RequestInfo:
    """The request being answered. It is changed in place, as threads that answer it get a copy of their context."""

    reference: str = field(default_factory=new_reference)
    route: str = ""
    account: str = ""


_request_info: ContextVar[RequestInfo | None] = ContextVar("request_info", default=None)


@contextmanager
def request_context(request_info: RequestInfo) -> Iterator[RequestInfo]:
    """What is logged within the block is about this request."""
    token = _request_info.set(request_info)
    try:
        yield request_info
    finally:
        _request_info.reset(token)


def reference() -> str:
    """The number of the request being answered; a new one elsewhere, as for the run of a page."""
    request_info = _request_info.get()
    return request_info.reference if request_info else new_reference()


def set_account(account: str) -> None:
    """Says whose request is being answered."""
    if request_info := _request_info.get():
        request_info.account = account


class _RequestFields(logging.Filter):
    """Gives each record the fields of its request, unless the record says so itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        request_info = _request_info.get() or RequestInfo(reference="")
        for name in ("reference", "route", "account"):
            if not hasattr(record, name):
                setattr(record, name, getattr(request_info, name))
        return True


class _PlainJson(JsonFormatter):
    """JSON in which no name ends a line, steers a terminal or turns what stands beside it."""

    def jsonify_log_record(self, log_data: dict[str, Any]) -> str:
        return STEERING.sub(_by_number, super().jsonify_log_record(log_data))


def _by_number(sign: re.Match[str]) -> str:
    """As JSON writes any sign: by its number, or by two halves of it."""
    halves = sign[0].encode("utf-16-be")
    return "".join(f"\\u{halves[at : at + 2].hex()}" for at in range(0, len(halves), 2))


def to_stderr() -> None:
    """Sends the product's log to stderr, once however often it is asked for."""
    log = logging.getLogger(NAME)
    if any(isinstance(handler.formatter, JsonFormatter) for handler in log.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_RequestFields())
    handler.setFormatter(_PlainJson(list(FIELDS), rename_fields=SHORT, json_ensure_ascii=False))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
