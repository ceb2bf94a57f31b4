"""What contracts with family doctors and emergency access refuse with."""

from __future__ import annotations

from backend.core.errors import Conflict, Invalid, NotFound, TooMuch


class DoctorNotFound(NotFound):
    code = "DOCTOR_NOT_FOUND"
    zh = "找不到这位医生或这个团队。"
    en = "There is no such doctor or team."


class DoctorUnfit(Invalid):
    """``field`` that does not fit: an account without the role, an unknown institution, a name."""

    code = "DOCTOR_UNFIT"
    zh = "医生或团队的资料不正确：{field}"
    en = "These particulars of a doctor or team are not right: {field}"


class TeamExists(Conflict):
    code = "TEAM_EXISTS"
    zh = "该机构已有同名团队。"
    en = "The institution has a team of this name already."


class ContractNotFound(NotFound):
    code = "CONTRACT_NOT_FOUND"
    zh = "找不到这份签约。"
    en = "There is no such contract."


class ContractExists(Conflict):
    code = "CONTRACT_EXISTS"
    zh = "与这位医生或团队的签约已存在或正在等待答复。"
    en = "A contract with this doctor or team runs already, or waits for its answer."


class ContractSettled(Conflict):
    code = "CONTRACT_SETTLED"
    zh = "这份签约已经处理过或已过期。"
    en = "This contract was settled already, or has run out."


class ContractTermUnfit(Invalid):
    code = "CONTRACT_TERM_UNFIT"
    zh = "签约期限须为 1 到 {limit} 天。"
    en = "A contract runs for 1 to {limit} days."


class RenewalTooEarly(Conflict):
    code = "CONTRACT_RENEWAL_TOO_EARLY"
    zh = "离到期不足 {days} 天时才能续签。"
    en = "A contract is renewed in its last {days} days."


class TooManyEmergencies(TooMuch):
    code = "TOO_MANY_EMERGENCIES"
    zh = "同时进行的紧急查看最多 {limit} 个，请先结束一个。"
    en = "At most {limit} emergency accesses at once; end one first."


class EmergencyNotFound(NotFound):
    code = "EMERGENCY_NOT_FOUND"
    zh = "找不到这次紧急查看。"
    en = "There is no such emergency access."


class EmergencyReviewed(Conflict):
    code = "EMERGENCY_REVIEWED"
    zh = "这次紧急查看已经复核过。"
    en = "This emergency access was reviewed already."
