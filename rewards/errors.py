"""What points are refused with."""

from __future__ import annotations

from backend.core.errors import Conflict, Invalid, NotFound, TooMuch, Unavailable


class PointsInsufficient(Conflict):
    code = "POINTS_INSUFFICIENT"
    zh = "积分不足：需要 {needed} 分。"
    en = "Not enough points: {needed} are needed."


class PointsOwed(Conflict):
    code = "POINTS_OWED"
    zh = "撤回的记录已扣回积分，账户目前欠分，补足后才能兑换。"
    en = "Points were taken back for withdrawn records; redeem again when none are owed."


class TransferKeyReused(Conflict):
    code = "POINTS_TRANSFER_KEY_REUSED"
    zh = "这笔积分的幂等键已用于另一笔。"
    en = "This transfer's idempotency key was used for another transfer."


class TransferReversedAlready(Conflict):
    code = "POINTS_REVERSED_ALREADY"
    zh = "这笔积分已经冲正过。"
    en = "This transfer was reversed already."


class RulesFileInvalid(Unavailable):
    code = "POINT_RULES_INVALID"
    zh = "积分规则文件 {file} 第 {line} 行有误：{reason}"
    en = "The points rules {file} are wrong at line {line}: {reason}"


class PointRuleUnfit(Invalid):
    code = "POINT_RULE_UNFIT"
    zh = "这条积分规则不合适：{reason}"
    en = "This points rule does not fit: {reason}"


class PointRuleNotFound(NotFound):
    code = "POINT_RULE_NOT_FOUND"
    zh = "找不到这条积分规则。"
    en = "There is no such points rule."


class PointRuleStartsTooSoon(Invalid):
    code = "POINT_RULE_STARTS_TOO_SOON"
    zh = "规则和活动最早从明天起生效，已经得到的积分不受影响。"
    en = "Rules and campaigns start tomorrow at the earliest; what was earned stays."


class OfferNotFound(NotFound):
    code = "OFFER_NOT_FOUND"
    zh = "找不到这个兑换项目。"
    en = "There is no such offer."


class OfferUnfit(Invalid):
    code = "OFFER_UNFIT"
    zh = "这个兑换项目的内容不合适：{field}"
    en = "This offer does not fit: {field}"


class OfferNotRunning(Conflict):
    code = "OFFER_NOT_RUNNING"
    zh = "这个兑换项目还没开始或已经结束。"
    en = "This offer has not begun or is over."


class OfferSoldOut(Conflict):
    code = "OFFER_SOLD_OUT"
    zh = "已经兑完了。"
    en = "Nothing is left of this offer."


class OfferLimitReached(TooMuch):
    code = "OFFER_LIMIT_REACHED"
    zh = "每人限兑 {limit} 份。"
    en = "At most {limit} a person."


class MerchantNotFound(NotFound):
    code = "MERCHANT_NOT_FOUND"
    zh = "找不到这个机构账号。"
    en = "There is no such institution."


class VoucherNotFound(NotFound):
    code = "VOUCHER_NOT_FOUND"
    zh = "找不到这张兑换券，请核对券码。"
    en = "There is no such voucher; check the code."


class VoucherUsed(Conflict):
    code = "VOUCHER_USED"
    zh = "这张兑换券已经用过了。"
    en = "This voucher was used already."


class VoucherOver(Conflict):
    code = "VOUCHER_OVER"
    zh = "这张兑换券已过期或已取消，积分已退回。"
    en = "This voucher lapsed or was cancelled; its points went back."


class FraudSignalNotFound(NotFound):
    code = "FRAUD_SIGNAL_NOT_FOUND"
    zh = "找不到这条线索，或它已经处理过。"
    en = "There is no such open signal."
