"""Why bytes of a device or a file are refused, whole or in one place."""

from __future__ import annotations

from backend.core.errors import Invalid, TooMuch


class CharacteristicUnknown(Invalid):
    code = "CHARACTERISTIC_UNKNOWN"
    zh = "不支持蓝牙特征 {characteristic}"
    en = "The Bluetooth characteristic {characteristic} is not supported"


class PayloadTruncated(Invalid):
    code = "PAYLOAD_TRUNCATED"
    zh = "设备数据不完整"
    en = "The device's data end too early"


class PayloadOverlong(Invalid):
    code = "PAYLOAD_OVERLONG"
    zh = "设备数据过长"
    en = "The device's data are longer than they say"


class PayloadValueMissing(Invalid):
    """``special`` is what the device sent instead of a number (NaN, NRes, +INF, -INF …)."""

    code = "PAYLOAD_VALUE_MISSING"
    zh = "设备没有测出 {component}"
    en = "The device did not measure {component}"


class PayloadControlSolution(Invalid):
    code = "PAYLOAD_CONTROL_SOLUTION"
    zh = "这是质控液的测试结果，不是本人的血糖"
    en = "This is a test with control solution, nobody's glucose"


class PayloadContextMismatch(Invalid):
    code = "PAYLOAD_CONTEXT_MISMATCH"
    zh = "血糖附加信息与读数的序号不同"
    en = "The glucose context belongs to another reading"


class TimeInvalid(Invalid):
    code = "TIME_INVALID"
    zh = "{field} 不是存在的日期或时间"
    en = "{field} is no existing date or time"


class TimePlaceholder(Invalid):
    code = "TIME_PLACEHOLDER"
    zh = "{field} 是设备未设时钟时的默认时间"
    en = "{field} is what a device writes whose clock was never set"


class TimeAmbiguous(Invalid):
    code = "TIME_AMBIGUOUS"
    zh = "{field} 分不清日和月，请说明日期顺序"
    en = "{field} could be day first or month first; say which"


class FileFormatUnknown(Invalid):
    code = "FILE_FORMAT_UNKNOWN"
    zh = "不认识这种文件"
    en = "This kind of file is not known"


class FileMalformed(Invalid):
    code = "FILE_MALFORMED"
    zh = "文件损坏或不完整（{format}）"
    en = "The file is damaged or incomplete ({format})"


class FileEncodingUnknown(Invalid):
    code = "FILE_ENCODING_UNKNOWN"
    zh = "认不出文件的文字编码，请存为 UTF-8"
    en = "The file's text encoding is not known; save it as UTF-8"


class FileEncrypted(Invalid):
    code = "FILE_ENCRYPTED"
    zh = "压缩包有密码"
    en = "The archive has a password"


class FileEntityRefused(Invalid):
    code = "FILE_ENTITY_REFUSED"
    zh = "XML 文件含有实体定义，出于安全原因不予读取"
    en = "The XML file defines entities, which is refused for safety"


class FileTooLarge(TooMuch):
    code = "FILE_TOO_LARGE"
    status = 413
    zh = "文件过大（最多 {limit_mb} MB）"
    en = "The file is too large (at most {limit_mb} MB)"


class FileCompressionBomb(TooMuch):
    code = "FILE_COMPRESSION_BOMB"
    zh = "压缩包展开后过大"
    en = "The archive grows beyond reason when unpacked"


class ColumnsUnknown(Invalid):
    code = "COLUMNS_UNKNOWN"
    zh = "表格里找不到时间列和测量值列"
    en = "The table has no column of times, or none of measurements, that is known"


class RecordInvalid(Invalid):
    code = "RECORD_INVALID"
    zh = "记录缺少 {field} 或其内容无法识别"
    en = "The record lacks {field}, or it cannot be read"


class RecordWithoutCounterpart(Invalid):
    code = "RECORD_WITHOUT_COUNTERPART"
    zh = "血压只有 {component}，缺少另一半"
    en = "The blood pressure has only its {component}"
