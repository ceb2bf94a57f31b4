"""Patient to and from the profile."""

from __future__ import annotations

from collections.abc import Iterable

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.json_text import Json
from backend.archive.sections.profile import (
    Address,
    ContactPoint,
    Identifier,
    PersonName,
    Profile,
    Sex,
)

CHOICES = ("deceased",)


def read(resource: Json) -> Profile:
    sex = resource.get("gender")
    return Profile(
        names=tuple(_names(resource.get("name") or ())),
        sex=None if sex is None else get.code(Sex, sex, "gender"),
        birth_date=get.date(resource.get("birthDate")),
        contacts=tuple(
            ContactPoint(system=item.get("system"), value=item["value"], use=item.get("use"))
            for item in resource.get("telecom") or ()
            if item.get("value")
        ),
        addresses=tuple(filter(None, map(_address, resource.get("address") or ()))),
        identifiers=tuple(
            Identifier(
                value=item["value"],
                system=item.get("system"),
                type=get.concept(item.get("type")),
                use=item.get("use"),
            )
            for item in resource.get("identifier") or ()
            if item.get("value")
        ),
        deceased=resource.get("deceasedBoolean"),
        died=get.date(resource.get("deceasedDateTime")),
        marital_status=get.concept(resource.get("maritalStatus")),
        languages=get.concepts(item["language"] for item in resource.get("communication") or ()),
    )


def _names(elements: Iterable[Json]) -> Iterable[PersonName]:
    for element in elements:
        given = tuple(part for part in element.get("given") or () if part)
        if element.get("text") or element.get("family") or given:
            yield PersonName(
                text=element.get("text"),
                family=element.get("family"),
                given=given,
                use=element.get("use"),
            )


def _address(element: Json) -> Address | None:
    return get.telling(
        Address,
        text=element.get("text"),
        lines=tuple(line for line in element.get("line") or () if line),
        district=element.get("district"),
        city=element.get("city"),
        state=element.get("state"),
        postal_code=element.get("postalCode"),
        country=element.get("country"),
        use=element.get("use"),
    )


def write(profile: Profile) -> Json:
    return put.said(
        identifier=[
            put.said(use=i.use, type=put.concept(i.type), system=i.system, value=i.value)
            for i in profile.identifiers
        ],
        name=[
            put.said(use=n.use, text=n.text, family=n.family, given=list(n.given))
            for n in profile.names
        ],
        telecom=[put.said(**contact.__dict__) for contact in profile.contacts],
        gender=profile.sex and str(profile.sex),
        birthDate=put.date(profile.birth_date),
        deceasedBoolean=profile.deceased,
        deceasedDateTime=put.date(profile.died),
        address=list(filter(None, map(_written, profile.addresses))),
        maritalStatus=put.concept(profile.marital_status),
        communication=[{"language": put.concept(item)} for item in profile.languages],
    )


def _written(address: Address) -> Json:
    return put.said(
        use=address.use,
        text=address.text,
        line=list(address.lines),
        city=address.city,
        district=address.district,
        state=address.state,
        postalCode=address.postal_code,
        country=address.country,
    )
