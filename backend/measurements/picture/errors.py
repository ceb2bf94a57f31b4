"""Why no reading is proposed from a photo; each says what to do instead."""

from __future__ import annotations

from typing import Any

from backend.core.errors import Invalid, KangbanError, TooMuch
from ocr.meter import errors as meter_errors
from ocr.meter.errors import MeterNotRead


class PictureTooLarge(TooMuch):
    code = "PICTURE_TOO_LARGE"
    status = 413
    zh = "照片太大，最多 {limit_mb} MB。"
    en = "The photo is too large: at most {limit_mb} MB."


class PictureTooOften(TooMuch):
    code = "PICTURE_TOO_OFTEN"
    zh = "拍照识别太频繁，请直接按数字，或过一会儿再拍。"
    en = "Too many photos at once. Type the numbers, or try again later."


class PictureImplausible(Invalid):
    """What was read is impossible or rare: more likely misread than true."""

    code = "PICTURE_IMPLAUSIBLE"
    zh = "照片上读出的数字不太合理，怕读错了。请再拍一张，或者直接按数字。"
    en = "The numbers read are unlikely and may be misread. Take it again, or type them."


class PictureKindUnfit(Invalid):
    code = "PICTURE_KIND_UNFIT"
    zh = "这一项不能拍照记录，请直接按数字。"
    en = "This cannot be read from a photo; type the numbers."


def _told(error: type[MeterNotRead]) -> type[KangbanError]:
    """The library's error in our catalogue, under its own code and words."""
    fields: dict[str, Any] = {"code": error.code, "zh": error.zh, "en": error.en}
    return type(error.__name__, (Invalid,), fields)


DISPLAY_ERRORS: dict[str, type[KangbanError]] = {
    each.code: _told(each)
    for each in vars(meter_errors).values()
    if isinstance(each, type) and issubclass(each, MeterNotRead) and each is not MeterNotRead
}
