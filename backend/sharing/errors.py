"""What sharing refuses with. Every dead link answers alike, an unknown one too."""

from __future__ import annotations

from backend.core.errors import Conflict, Invalid, NotFound, Unauthenticated


class ShareCategoriesInvalid(Invalid):
    code = "SHARE_CATEGORIES_INVALID"
    zh = "请选择要分享的内容；聊天和积分不能分享。"
    en = "Choose what to share; chat and points cannot be shared."


class ShareSpanInvalid(Invalid):
    code = "SHARE_SPAN_INVALID"
    zh = "开始时间必须早于结束时间。"
    en = "The span must begin before it ends."


class ShareExpiryInvalid(Invalid):
    code = "SHARE_EXPIRY_INVALID"
    zh = "有效期须在从现在起的 {days} 天之内。"
    en = "A link ends within {days} days from now."


class ShareOpensInvalid(Invalid):
    code = "SHARE_OPENS_INVALID"
    zh = "可打开次数须为 1 到 {limit} 次。"
    en = "A link may be opened 1 to {limit} times."


class SharePinInvalid(Invalid):
    code = "SHARE_PIN_INVALID"
    zh = "密码须为 {least} 到 {most} 位数字。"
    en = "A PIN has {least} to {most} digits."


class ShareLabelInvalid(Invalid):
    code = "SHARE_LABEL_INVALID"
    zh = "请写明分享给谁（不超过 {limit} 个字）。"
    en = "Say whom it is for, in {limit} characters at most."


class ShareNameNeedsProfile(Invalid):
    code = "SHARE_NAME_NEEDS_PROFILE"
    zh = "要显示姓名，请同时选择“个人信息”。"
    en = "To show the name, share the profile, too."


class ShareTooLarge(Invalid):
    code = "SHARE_TOO_LARGE"
    zh = "选择的内容太多，请缩短时间范围或减少类别。"
    en = "This is too much for one link; choose a shorter span or fewer categories."


class TooManyShareLinks(Conflict):
    code = "TOO_MANY_SHARE_LINKS"
    zh = "有效的分享链接已有 {limit} 个，请先停用一些。"
    en = "There are {limit} links in use already; end some of them first."


class ShareLinkNotFound(NotFound):
    """For those who manage links."""

    code = "SHARE_LINK_NOT_FOUND"
    zh = "找不到这个分享链接。"
    en = "There is no such share link."


class ShareLinkGone(NotFound):
    """For those who open links: ended, expired, used up, locked and unknown are one."""

    code = "SHARE_LINK_GONE"
    zh = "这个链接已失效。请联系分享的人重新生成。"
    en = "This link is no longer valid. Ask whoever shared it for a new one."


class ShareRecipientMissing(Invalid):
    code = "SHARE_RECIPIENT_MISSING"
    zh = "请填写您的单位或姓名（不超过 {limit} 个字）。"
    en = "Say who you are, in {limit} characters at most."


class ShareRequestInvalid(Invalid):
    code = "SHARE_REQUEST_INVALID"
    zh = "请求格式不符合 SMART Health Links。"
    en = "This is no manifest request of SMART Health Links."


class SharePinNeeded(Unauthenticated):
    """``remainingAttempts`` as SMART Health Links has it."""

    code = "SHARE_PIN_NEEDED"
    zh = "请输入密码。"
    en = "Enter the PIN."


class SharePinWrong(Unauthenticated):
    code = "SHARE_PIN_WRONG"
    zh = "密码不对，还可以试 {remainingAttempts} 次。"
    en = "Wrong PIN; {remainingAttempts} tries are left."
