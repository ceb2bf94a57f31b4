"""Why a meter is not taken in, not bound, or not listened to."""

from __future__ import annotations

from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMuch, Unauthenticated


class MeterSerialUnfit(Invalid):
    code = "METER_SERIAL_UNFIT"
    zh = "序列号须为 4 到 40 个字母、数字、点、横线或下划线。"
    en = "A serial number has 4 to 40 letters, digits, dots, hyphens or underscores."


class MeterModelUnfit(Invalid):
    code = "METER_MODEL_UNFIT"
    zh = "型号须为 1 到 80 个字符，不含控制字符。"
    en = "A model name has 1 to 80 characters and no control characters."


class MeterKeyUnfit(Invalid):
    code = "METER_KEY_UNFIT"
    zh = "设备密钥须为 16 到 64 字节，以十六进制书写。"
    en = "A device key has 16 to 64 bytes, written in hexadecimal."


class MeterKeyUnchanged(Invalid):
    code = "METER_KEY_UNCHANGED"
    zh = "新密钥不能与原密钥相同。"
    en = "The new key must differ from the old one."


class MeterRegisteredAlready(Conflict):
    code = "METER_REGISTERED_ALREADY"
    zh = "这个序列号已经登记。"
    en = "This serial number is registered already."


class MeterNotFound(NotFound):
    code = "METER_NOT_FOUND"
    zh = "找不到这台设备。"
    en = "There is no such meter."


class MeterCodeInvalid(Invalid):
    code = "METER_CODE_INVALID"
    zh = "这不是设备上的二维码，请扫描机身上的“康伴”二维码。"
    en = "This is not a meter's code; scan the Kangban code printed on the meter."


class MeterClaimWrong(Forbidden):
    """Unknown serial and wrong code answer alike."""

    code = "METER_CLAIM_WRONG"
    zh = "设备码不正确，请对照机身上的二维码再试。"
    en = "This code is not right; compare it with the one printed on the meter."


class MeterClaimTooOften(TooMuch):
    code = "METER_CLAIM_TOO_OFTEN"
    zh = "尝试次数过多，请在 {retry_after_seconds} 秒后再试。"
    en = "Too many attempts; try again in {retry_after_seconds} seconds."


class MeterBoundElsewhere(Conflict):
    code = "METER_BOUND_ELSEWHERE"
    zh = "这台设备已绑定给另一位居民，请先由对方解绑。"
    en = "This meter is bound to somebody else, who has to unbind it first."


class MeterSignatureInvalid(Unauthenticated):
    """Unknown serial and wrong signature answer alike."""

    code = "METER_SIGNATURE_INVALID"
    zh = "设备签名不正确。"
    en = "The meter's signature is not right."


class MeterHeaderInvalid(Invalid):
    code = "METER_HEADER_INVALID"
    zh = "请求头 {header} 缺少或格式不对。"
    en = "The header {header} is missing or malformed."


class MeterTimestampStale(Unauthenticated):
    """``now`` is the server's time in seconds since 1970, by which the meter sets its clock."""

    code = "METER_TIMESTAMP_STALE"
    zh = "设备时间与服务器相差超过 {tolerance_minutes} 分钟。"
    en = "The meter's time differs from the server's by more than {tolerance_minutes} minutes."


class MeterUnbound(Conflict):
    code = "METER_UNBOUND"
    zh = "设备尚未绑定，请先在手机上扫码绑定。"
    en = "The meter is not bound; scan its code with a phone first."


class MeterRevoked(Forbidden):
    code = "METER_REVOKED"
    zh = "这台设备已停用。"
    en = "This meter has been revoked."


class MeterSuspect(Conflict):
    code = "METER_SUSPECT"
    zh = "有两台设备在使用同一个身份，已暂停接收，请联系客服核查。"
    en = "Two machines use this meter's identity; it is on hold until support has looked at it."


class MeterBodyInvalid(Invalid):
    code = "METER_BODY_INVALID"
    zh = "上传内容不是有效的 JSON，或缺少 readings。"
    en = "The upload is not valid JSON, or has no list of readings."


class ReadingBeforeBinding(Conflict):
    code = "READING_BEFORE_BINDING"
    zh = "这条记录测于设备绑定之前，无法确定是谁测的，没有存入档案。"
    en = "This was measured before the meter was bound, so nobody can say by whom; it is not kept."
