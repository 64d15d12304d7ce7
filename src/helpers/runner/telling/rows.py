"""Whom a schedule tells: the rows of `tell` in `params/_schedule.yml`."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, model_validator

from helpers.audience import PUBLIC_NAME
from helpers.runner.engines import FORMATS
from helpers.yaml_files import Settings

_ADDRESS: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*")

Shape = Literal["json", "teams", "slack"]


def _is_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text) or not text.isascii():
        raise ValueError("an address such as board@example.org")
    return text


def _is_variable(text: str) -> str:
    if not _VARIABLE.fullmatch(text):
        why = "whoever knows the address can post there"
        raise ValueError(
            f"the name of an environment variable that holds the webhook's address, such as BOARDPACK_TEAMS: {why}"
        )
    return text


def is_format(name: str) -> str:
    """Return the name of a format; ValueError for what is none."""
    if name not in FORMATS:
        raise ValueError(", ".join(FORMATS))
    return name


def _is_web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"]+", text):
        raise ValueError("an address that begins with https://")
    return text.rstrip("/")


class Tell(Settings):
    """Some people, what they are told, and how.

    Parameters
    ----------
    mail
        Addresses; or
    webhook
        the environment variable that holds the address to which a JSON document is sent.
    shape
        What kind of document.
    about
        `reports`: those that are new, with the number of the others; `failures`: what went wrong, by name, and nothing
        where nothing did; `all`: both.
    attach
        Formats that a mail brings along.
    links
        The address under which readers find the folder of reports.
    audience
        Whose reports.
    """

    mail: tuple[Annotated[str, AfterValidator(_is_address)], ...] = ()
    webhook: Annotated[str, AfterValidator(_is_variable)] | None = None
    shape: Shape = "json"
    about: Literal["reports", "failures", "all"] = "reports"
    attach: tuple[Annotated[str, AfterValidator(is_format)], ...] = ()
    links: Annotated[str, AfterValidator(_is_web_address)] | None = None
    audience: str = PUBLIC_NAME

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.mail) == bool(self.webhook):
            raise ValueError("mail (addresses) or webhook (an environment variable), one of the two")
        if self.webhook and self.attach:
            raise ValueError("attach goes with mail: a webhook brings nothing along")
        return self

    @property
    def readers(self) -> str:
        """What tells it from the other rows: whoever is added to a mail is not told everything again."""
        return " ".join((self.audience, self.about, self.webhook or "mail"))
