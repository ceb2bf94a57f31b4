"""What the care circle refuses with. Codes that are wrong, used or old answer alike."""

from __future__ import annotations

from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMuch


class InvitationInvalid(NotFound):
    code = "INVITATION_INVALID"
    zh = "邀请码不正确或已失效，请让对方重新发送。"
    en = "This code is not valid, or no longer; ask for a new one."


class CodeTriedTooOften(TooMuch):
    """``retry_after_seconds``: when the next code is looked at."""

    code = "CODE_TRIED_TOO_OFTEN"
    zh = "输入次数过多，请在 {retry_after_seconds} 秒后再试。"
    en = "Too many codes were tried; try again in {retry_after_seconds} seconds."


class InvitationNotFound(NotFound):
    code = "INVITATION_NOT_FOUND"
    zh = "找不到这个邀请。"
    en = "There is no such invitation."


class InvitationSettled(Conflict):
    code = "INVITATION_SETTLED"
    zh = "这个邀请已经处理过或已过期。"
    en = "This invitation was settled already, or has run out."


class TooManyInvitations(TooMuch):
    code = "TOO_MANY_INVITATIONS"
    zh = "同时有效的邀请最多 {limit} 个，请先撤回一个。"
    en = "At most {limit} invitations at once; withdraw one first."


class GrantUnfit(Invalid):
    """``field`` is what nobody can grant so: no category, no right, an end in the past."""

    code = "GRANT_UNFIT"
    zh = "授权内容不完整或期限不正确：{field}"
    en = "This cannot be granted so: {field}"


class GrantBeyondOwn(Forbidden):
    code = "GRANT_BEYOND_OWN"
    zh = "您不能授出自己没有的权限。"
    en = "You cannot grant what you do not have yourself."


class GuardianConsentNeeded(Forbidden):
    """``age`` below which the guardian decides."""

    code = "GUARDIAN_DECIDES"
    zh = "未满 {age} 周岁，需由监护人操作。"
    en = "Below the age of {age} the guardian decides this."


class LinkNotFound(NotFound):
    code = "LINK_NOT_FOUND"
    zh = "找不到这个关系，或它已经结束。"
    en = "There is no such link, or it has ended."


class LinkCannotBeRaised(Forbidden):
    """``field`` that would give the one who asks more than they have."""

    code = "LINK_CANNOT_BE_RAISED"
    zh = "您只能减少自己的权限，不能增加：{field}"
    en = "You can only give up rights of your own, not add any: {field}"


class LinkUnchangeable(Conflict):
    code = "LINK_UNCHANGEABLE"
    zh = "这个关系不能这样修改。"
    en = "A link of this kind cannot be changed so."


class OwnAccountBound(Conflict):
    code = "OWN_ACCOUNT_BOUND"
    zh = "这份档案已绑定本人账号。"
    en = "This record has an account of its own already."


class TooYoung(Forbidden):
    code = "TOO_YOUNG"
    zh = "未满 {age} 周岁，还不能绑定本人账号。"
    en = "An account of one's own is bound from the age of {age} on."


class GuardiansInCircle(Conflict):
    code = "GUARDIANS_IN_CIRCLE"
    zh = "双方不能互为监护人。"
    en = "Nobody can be the guardian of their own guardian."


class GuardianRequestNotFound(NotFound):
    code = "GUARDIAN_REQUEST_NOT_FOUND"
    zh = "找不到这个监护申请。"
    en = "There is no such request for guardianship."


class GuardianRequestSettled(Conflict):
    code = "GUARDIAN_REQUEST_SETTLED"
    zh = "这个监护申请已经处理过或已过期。"
    en = "This request was settled already, or has run out."


class GuardianRequestWaiting(Conflict):
    code = "GUARDIAN_REQUEST_WAITING"
    zh = "您的监护申请正在等待确认。"
    en = "Your request for guardianship is waiting for its confirmation."


class GuardianshipNotNeeded(Conflict):
    code = "GUARDIANSHIP_OF_A_MINOR"
    zh = "未成年人的监护人由建档人担任，不需要申请。"
    en = "A minor's guardian is who registered the record; there is nothing to ask for."


class SecondPersonNeeded(Forbidden):
    code = "SECOND_PERSON_NEEDED"
    zh = "需要另一位人员确认，不能自己确认。"
    en = "Somebody else has to confirm this."


class ReasonUnfit(Invalid):
    """``least`` and ``most`` characters."""

    code = "REASON_UNFIT"
    zh = "请写明原因，{least} 到 {most} 个字。"
    en = "Give the reason in {least} to {most} characters."


class RenewalNotDue(Conflict):
    code = "RENEWAL_NOT_DUE"
    zh = "这个关系现在不需要续期。"
    en = "This link does not ask for renewal now."
