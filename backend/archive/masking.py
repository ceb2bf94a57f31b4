"""What others see of who somebody is: enough to know them again, too little to learn.

GB/T 35273-2020 7.2: personal information shown on screens is de-identified. Holders (the
person, their guardians) see everything; others ask for it with ``reveal``, which is logged.
"""

from __future__ import annotations

from typing import Any

import orjson

from backend.access.circle.persons import masked
from backend.archive.sections import Profile
from backend.archive.sections.profile import Address, ContactPoint, Identifier, PersonName

STAR = "*"
_LEAST_HIDDEN = 4  # of a phone number four of eleven digits are hidden (GB/T 35273-2020 7.2)


def masked_middle(text: str, first: int, last: int) -> str:
    """``masked_middle("13812345678", 3, 4)`` is 138****5678; where less than four would be
    hidden, all are."""
    hidden = len(text) - first - last
    if hidden < _LEAST_HIDDEN:
        return STAR * len(text)
    return text[:first] + STAR * hidden + text[len(text) - last :]


def masked_phone(text: str) -> str:
    return masked_middle(text, 3, 4)


def masked_number(text: str) -> str:
    """An ID number 110***********1234, or another number by which somebody is known."""
    return masked_middle(text, 3, 4)


def masked_profile(profile: Profile) -> Profile:
    """Names, contacts and numbers masked; of addresses the town and district. Sex and birth
    date stay: without them readings cannot be judged."""
    return profile.model_copy(
        update={
            "names": tuple(
                PersonName(text=masked(each.label), use=each.use) for each in profile.names
            ),
            "contacts": tuple(_contact(each) for each in profile.contacts),
            "identifiers": tuple(_identifier(each) for each in profile.identifiers),
            "addresses": tuple(_address(each) for each in profile.addresses if _address(each)),
        }
    )


def looks_masked(profile: Profile) -> bool:
    """Whether somebody sends back what they saw masked."""
    texts = [
        *(each.label for each in profile.names),
        *(each.value for each in profile.contacts),
        *(each.value for each in profile.identifiers),
    ]
    return any(STAR in each for each in texts)


def masked_bundle(bundle: bytes) -> bytes:
    """Without what resources of elsewhere say beside a reference to the patient, and without
    their narratives, which hold the name as well."""
    return orjson.dumps(_without_names(orjson.loads(bundle)))


def _without_names(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_names(each) for each in value]
    if not isinstance(value, dict):
        return value
    dropped = set()
    if "resourceType" in value:
        dropped.add("text")
    if str(value.get("reference", "")).partition("/")[0] in ("Patient", "RelatedPerson"):
        dropped.add("display")
    return {name: _without_names(each) for name, each in value.items() if name not in dropped}


def _contact(contact: ContactPoint) -> ContactPoint:
    if contact.system in ("phone", "sms", "fax"):
        return contact.model_copy(update={"value": masked_phone(contact.value)})
    name, at, host = contact.value.partition("@")
    return contact.model_copy(update={"value": f"{name[:1]}{STAR * 3}{at}{host if at else ''}"})


def _identifier(identifier: Identifier) -> Identifier:
    return identifier.model_copy(update={"value": masked_number(identifier.value)})


def _address(address: Address) -> Address | None:
    kept = ("district", "city", "state", "country")
    parts = {name: getattr(address, name) for name in kept}
    words = "".join(parts[name] for name in ("state", "city", "district") if parts[name])
    if not words:
        return None
    return Address(**parts, text=words, use=address.use)
