"""The person as a share shows them: no more than the recipient needs."""

from __future__ import annotations

from bson import ObjectId

from backend.access.circle.persons import masked
from backend.archive.fhir import OutPerson
from backend.archive.sections import PartialDate, Profile
from backend.archive.sections.profile import PersonName


def shared_person(profile: Profile | None, share_id: ObjectId, *, named: bool) -> OutPerson:
    """Sex and age; with ``named`` the whole name and birth date.

    Phone, address and ID number never leave this way. The id is the share's, so that two
    shares of one person cannot be put together.
    """
    if profile is None:
        return OutPerson(id=str(share_id), profile=Profile(), changed=True)
    name, born = profile.name or "", profile.birth_date
    shown = Profile(
        names=(PersonName(text=name if named else masked(name, whole=False)),) if name else (),
        sex=profile.sex,
        birth_date=born if born is None or named else PartialDate(born.text[:4]),
        deceased=profile.deceased,
    )
    return OutPerson(id=str(share_id), profile=shown, changed=True)
