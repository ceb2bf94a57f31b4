"""Why nothing is proposed, in words that help with the next photo."""

from __future__ import annotations

from ocr.errors import OcrError


class MeterNotRead(OcrError):
    """Base of all that a better photo or the keys can mend."""


class MeterTooDark(MeterNotRead):
    code = "DISPLAY_TOO_DARK"
    zh = "照片太暗，看不清屏幕。开灯再拍一张，或者直接按数字"
    en = "The photo is too dark. Take it again with more light, or type the numbers"


class MeterBlurred(MeterNotRead):
    code = "DISPLAY_BLURRED"
    zh = "照片模糊，看不清数字。拿稳再拍一张，或者直接按数字"
    en = "The photo is blurred. Hold still and take it again, or type the numbers"


class MeterNoDisplay(MeterNotRead):
    code = "DISPLAY_NOT_FOUND"
    zh = "没有找到仪器屏幕上的数字。让屏幕占满画面再拍一张，或者直接按数字"
    en = "No display was found. Fill the picture with it and try again, or type the numbers"


class MeterUnclear(MeterNotRead):
    code = "DISPLAY_UNCLEAR"
    zh = "有的数字看不清（可能反光）。换个角度再拍一张，或者直接按数字"
    en = (
        "Some digits are not clear, perhaps for a reflection. "
        "Try another angle, or type the numbers"
    )


class MeterUnitUnseen(MeterNotRead):
    code = "DISPLAY_UNIT_UNSEEN"
    zh = "看不清单位。把单位也拍进去，或者直接按数字"
    en = "The unit cannot be seen. Take it into the picture, or type the numbers"


class MeterKindUnknown(MeterNotRead):
    code = "DISPLAY_KIND_UNKNOWN"
    zh = "看不出这是什么仪器。请先选量的是什么，再拍一张"
    en = "The device is not known. First choose what you measured, then take the photo"


class MeterKindOther(MeterNotRead):
    """``kind``: what the display seems to show."""

    code = "DISPLAY_KIND_OTHER"
    zh = "这台仪器量的好像不是所选的项目"
    en = "This device seems to measure something else than what was chosen"
