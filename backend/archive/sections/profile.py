"""Who the resident is, as far as an imported Patient says it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator

from backend.archive.sections.base import at_most_one
from backend.archive.sections.partial_date import Day, PartialDate
from backend.archive.sections.values import Code, Concept, Telling, Text, Uri, Value


class Sex(StrEnum):
    """FHIR administrative-gender."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


class PersonName(Telling):
    text: Text | None = None
    family: Text | None = None
    given: tuple[Text, ...] = ()
    use: Code | None = None

    @property
    def label(self) -> str:
        """The whole name: its text, else 姓名 without a space, else given names and family."""
        if self.text:
            return self.text
        given = " ".join(self.given)
        if not given.isascii() or not (self.family or "").isascii():
            return f"{self.family or ''}{given.replace(' ', '')}"
        return f"{given} {self.family or ''}".strip()


class ContactPoint(Value):
    system: Code | None = None
    value: Text
    use: Code | None = None


class Address(Telling):
    text: Text | None = None
    lines: tuple[Text, ...] = ()
    district: Text | None = None
    city: Text | None = None
    state: Text | None = None
    postal_code: Text | None = None
    country: Text | None = None
    use: Code | None = None


class Identifier(Value):
    """A number that somebody knows the person by (病历号, 身份证号, 医保号)."""

    value: Text
    system: Uri | None = None
    type: Concept | None = None
    use: Code | None = None


class Profile(Value):
    """The facts of a Patient. ``deceased`` is None where the source does not say."""

    names: tuple[PersonName, ...] = ()
    sex: Sex | None = None
    birth_date: Day | None = None
    contacts: tuple[ContactPoint, ...] = ()
    addresses: tuple[Address, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    deceased: bool | None = None
    died: PartialDate | None = None
    marital_status: Concept | None = None
    languages: tuple[Concept, ...] = ()

    @model_validator(mode="after")
    def _exclusive(self) -> Profile:
        at_most_one(deceased=self.deceased, died=self.died)
        return self

    @property
    def name(self) -> str | None:
        """The official name, else the usual one, else the first."""
        ranked = sorted(self.names, key=lambda name: _RANK.get(name.use or "", 2))
        return next((name.label for name in ranked if name.label), None)

    @property
    def phone(self) -> str | None:
        """The first phone number, a mobile one before others."""
        phones = [contact for contact in self.contacts if contact.system == "phone"]
        phones.sort(key=lambda contact: contact.use != "mobile")
        return phones[0].value if phones else None


_RANK = {"official": 0, "usual": 1, "old": 3, "maiden": 3}
