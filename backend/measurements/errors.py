"""Why a reading is refused. ``data`` names components, units and limits.

Never stored values, but for one: ``NeedsConfirmation`` by the rule ``own_values`` says the last
one, to who may see it.
"""

from __future__ import annotations

from typing import ClassVar

from backend.core.errors import Conflict, Invalid, KangbanError
from backend.core.text_errors import TextEmpty as TextEmpty
from backend.core.text_errors import TextLoneSurrogate as TextLoneSurrogate
from backend.core.text_errors import TextNullByte as TextNullByte
from backend.core.text_errors import TextTooLong as TextTooLong
from backend.measurements import change_words


class UnitUnknown(Invalid):
    code = "UNIT_UNKNOWN"
    zh = "不认识单位“{unit}”，{component} 可用：{accepted}"
    en = "The unit “{unit}” is not known; {component} takes {accepted}"


class UnitUnfit(Invalid):
    code = "UNIT_UNFIT"
    zh = "单位“{unit}”不能用于 {component}，可用：{accepted}"
    en = "The unit “{unit}” does not measure {component}, which takes {accepted}"


class ComponentUnknown(Invalid):
    code = "COMPONENT_UNKNOWN"
    zh = "{kind} 没有 {component} 这一项"
    en = "{kind} has no component {component}"


class ComponentMissing(Invalid):
    code = "COMPONENT_MISSING"
    zh = "{kind} 缺少 {component}"
    en = "{kind} needs {component}"


class NoteMissing(Invalid):
    code = "NOTE_MISSING"
    zh = "{kind} 需要文字说明"
    en = "{kind} needs a note in words"


class MealUnfit(Invalid):
    code = "MEAL_UNFIT"
    zh = "{kind} 不分餐前餐后"
    en = "{kind} is not taken relative to a meal"


class ValueNotANumber(Invalid):
    code = "VALUE_NOT_A_NUMBER"
    zh = "{component} 不是数字"
    en = "{component} is not a number"


class ValueInfinite(Invalid):
    code = "VALUE_INFINITE"
    zh = "{component} 不能是无穷大"
    en = "{component} is infinite"


class ValueNegative(Invalid):
    code = "VALUE_NEGATIVE"
    zh = "{component} 不能是负数"
    en = "{component} is negative"


class _Implausible(KangbanError, family=True):
    """Says limits, or the relation between components that does not hold."""

    relation_zh: ClassVar[str]
    relation_en: ClassVar[str]

    def message(self, language: str) -> str:
        if self.data.get("rule", "limits") == "limits":
            return super().message(language)
        template = self.relation_en if language.startswith("en") else self.relation_zh
        than = " + ".join(self.data["than"])
        return template.format(component=self.data["component"], than=than)


class PlausibilityImpossible(_Implausible, Invalid):
    """``low`` and ``high`` in ``unit``; ``suggested_unit`` where another unit would fit.

    ``rule`` is ``limits``, or the name of the relation between components that
    does not hold; then ``than`` lists the other components.
    """

    code = "PLAUSIBILITY_IMPOSSIBLE"
    zh = "{component} 不可能是这个数值（应在 {low} 到 {high} {unit} 之间），请检查数值和单位"
    en = (
        "{component} cannot have this value (possible: {low} to {high} {unit}); "
        "check the value and its unit"
    )
    relation_zh = "{component} 应高于 {than}，请检查是否填反"
    relation_en = "{component} must be above {than}; check whether they were swapped"


class NeedsConfirmation(_Implausible, Conflict):
    """``reasons`` lists every unlikely component with its usual range and suggested unit.

    The first reason's fields stand beside it. By the rule ``own_values`` (far from one's own last
    value) ``last``, ``value``, ``low`` and ``high`` are in ``unit``, the one that was sent.
    """

    code = "NEEDS_CONFIRMATION"
    zh = "{component} 的数值少见（通常在 {low} 到 {high} {unit} 之间），确认无误后请再次提交"
    en = "{component} is unusual (mostly {low} to {high} {unit}); send it again as confirmed"
    relation_zh = "{component} 通常不低于 {than}，确认无误后请再次提交"
    relation_en = "{component} is mostly not below {than}; send it again as confirmed"

    @property
    def of_own_values(self) -> bool:
        return bool(self.data.get("rule") == "own_values")

    def message(self, language: str) -> str:
        if self.of_own_values:
            return change_words.question(self.data, language)
        return super().message(language)

    def without_values(self) -> NeedsConfirmation:
        """As it may be kept: without anything of the record."""
        if not self.of_own_values:
            return self
        rule_alone = {"rule": self.data["rule"]}  # it has words of its own
        return NeedsConfirmation(**rule_alone)


class TimeWithoutOffset(Invalid):
    code = "TIME_WITHOUT_OFFSET"
    zh = "{field} 没有时区"
    en = "{field} has no UTC offset"


class TimeOffsetInvalid(Invalid):
    code = "TIME_OFFSET_INVALID"
    zh = "{field} 的时区超出 -12:00 到 +14:00，或不是整分钟"
    en = "{field} has an offset outside -12:00 to +14:00, or not of whole minutes"


class TimeInFuture(Invalid):
    code = "TIME_IN_FUTURE"
    zh = "{field} 在将来，请检查设备时间"
    en = "{field} lies in the future; check the device's clock"


class TimeBeforeBirth(Invalid):
    code = "TIME_BEFORE_BIRTH"
    zh = "{field} 早于出生日期"
    en = "{field} lies before the date of birth"


class TimeTooOld(Invalid):
    code = "TIME_TOO_OLD"
    zh = "{field} 早于 {earliest} 年"
    en = "{field} lies before the year {earliest}"


class TimeEndBeforeStart(Invalid):
    code = "TIME_END_BEFORE_START"
    zh = "结束时间早于开始时间"
    en = "The end lies before the start"


class TextControlCharacter(Invalid):
    code = "TEXT_CONTROL_CHARACTER"
    zh = "{field} 含有控制字符"
    en = "{field} holds a control character"


class TooManyAttributes(Invalid):
    code = "ATTRIBUTES_TOO_MANY"
    zh = "附加信息最多 {limit} 项"
    en = "A reading takes at most {limit} attributes"
