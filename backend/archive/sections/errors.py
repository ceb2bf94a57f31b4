"""What can be wrong with an entry of the archive."""

from __future__ import annotations

from backend.core.errors import Invalid
from backend.core.text_errors import TextEmpty as TextEmpty
from backend.core.text_errors import TextLoneSurrogate as TextLoneSurrogate
from backend.core.text_errors import TextNullByte as TextNullByte
from backend.core.text_errors import TextTooLong as TextTooLong


class DateMalformed(Invalid):
    code = "DATE_MALFORMED"
    zh = "日期“{text}”不是有效的 FHIR 日期（例如 2012、2012-05、2012-05-03）。"
    en = "“{text}” is no FHIR date (such as 2012, 2012-05 or 2012-05-03)."


class DateDoesNotExist(Invalid):
    code = "DATE_DOES_NOT_EXIST"
    zh = "日期“{text}”在日历上不存在。"
    en = "The calendar has no “{text}”."


class DateHourTwentyFour(Invalid):
    code = "DATE_HOUR_TWENTY_FOUR"
    zh = "不能写 24:00，请写次日 00:00。"
    en = "24:00 is no time of day; write 00:00 of the next day."


class DatePrecisionWrong(Invalid):
    code = "DATE_PRECISION_WRONG"
    zh = "“{text}”的精度不对：这里要么只能写日期，要么必须写到秒并带时区。"
    en = "“{text}” has the wrong precision: the field takes dates only, or instants only."


class DateInFuture(Invalid):
    code = "DATE_IN_FUTURE"
    zh = "“{field}”的日期在将来。"
    en = "The date of “{field}” lies in the future."


class DateTooEarly(Invalid):
    code = "DATE_TOO_EARLY"
    zh = "“{field}”的日期早于 {limit} 年，不可能属于在世的人。"
    en = "The date of “{field}” lies before {limit}, too early for a person's record."


class PeriodBackwards(Invalid):
    code = "PERIOD_BACKWARDS"
    zh = "结束日期早于开始日期。"
    en = "The end lies before the start."


class CodeMalformed(Invalid):
    code = "CODE_MALFORMED"
    zh = "编码或网址中不能有多余的空白。"
    en = "A code or URL may not hold stray white space."


class FieldsExclusive(Invalid):
    code = "FIELDS_EXCLUSIVE"
    zh = "这些字段只能填一个：{fields}。"
    en = "Only one of these fields may be given: {fields}."


class Icd10Malformed(Invalid):
    code = "ICD10_MALFORMED"
    zh = "“{code}”不是 ICD-10（GB/T 14396）编码的写法。"
    en = "“{code}” does not have the form of an ICD-10 (GB/T 14396) code."


class NumberNotFinite(Invalid):
    code = "NUMBER_NOT_FINITE"
    zh = "数值必须是有限的数（不能是 NaN 或无穷大）。"
    en = "Numbers must be finite (not NaN or infinity)."


class EntryWithoutName(Invalid):
    code = "ENTRY_WITHOUT_NAME"
    zh = "条目既没有名称也没有编码。"
    en = "The entry has neither a name nor a code."


class EntryInvalid(Invalid):
    code = "ENTRY_INVALID"
    zh = "条目的这些字段不正确：{fields}。"
    en = "These fields of the entry are not right: {fields}."
