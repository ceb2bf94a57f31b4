"""What can be wrong with a file, each with its own code and advice.

A family of its own because this room depends on nothing of ours; the room that
shows them to a client translates by ``code``. ``data`` never holds page text.
"""

from __future__ import annotations

from typing import Any, ClassVar


class OcrError(Exception):
    """Base: ``code``, ``zh``, ``en`` and client-safe ``data``."""

    code: ClassVar[str] = "OCR_FAILED"
    zh: ClassVar[str] = "识别失败"
    en: ClassVar[str] = "Recognition failed"

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """The text in ``zh`` or ``en``, with the error's data filled in."""
        return (self.en if language.startswith("en") else self.zh).format_map(_Missing(self.data))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.data)


def _rebuild(kind: type[OcrError], data: dict[str, Any]) -> OcrError:
    return kind(**data)


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


class FileMissing(OcrError):
    code = "OCR_FILE_MISSING"
    zh = "找不到这个文件"
    en = "There is no such file"


class FileEmpty(OcrError):
    code = "OCR_FILE_EMPTY"
    zh = "文件是空的"
    en = "The file is empty"


class FileTooLarge(OcrError):
    code = "OCR_FILE_TOO_LARGE"
    zh = "文件太大，最多 {limit_mb} MB"
    en = "The file is too large, at most {limit_mb} MB"


class FormatUnsupported(OcrError):
    code = "OCR_FORMAT_UNSUPPORTED"
    zh = "只能读取 JPEG、PNG、HEIC 图片和 PDF"
    en = "Only JPEG, PNG and HEIC images and PDF can be read"


class ExtensionWrong(OcrError):
    code = "OCR_EXTENSION_WRONG"
    zh = "文件名说是 {named}，内容却是 {found}"
    en = "The name says {named} but the content is {found}"


class FilePolyglot(OcrError):
    code = "OCR_FILE_POLYGLOT"
    zh = "文件里还藏着另一种文件，不予接受"
    en = "The file hides a file of another kind and is refused"


class FileCorrupt(OcrError):
    code = "OCR_FILE_CORRUPT"
    zh = "文件已损坏或不完整，请重新上传"
    en = "The file is damaged or incomplete; please send it again"


class PdfEncrypted(OcrError):
    code = "OCR_PDF_ENCRYPTED"
    zh = "PDF 有密码，请先取消密码"
    en = "The PDF is locked with a password; please remove it first"


class TooManyPages(OcrError):
    code = "OCR_TOO_MANY_PAGES"
    zh = "共 {pages} 页，最多 {limit} 页，请分开上传"
    en = "{pages} pages, at most {limit}; please send it in parts"


class TooManyPixels(OcrError):
    code = "OCR_TOO_MANY_PIXELS"
    zh = "图片像素太多，最多 {limit_mp} 百万像素"
    en = "The picture has too many pixels, at most {limit_mp} megapixels"


class PictureTooSmall(OcrError):
    code = "OCR_PICTURE_TOO_SMALL"
    zh = "图片太小，看不清文字"
    en = "The picture is too small to hold readable text"


class EngineUnknown(OcrError):
    code = "OCR_ENGINE_UNKNOWN"
    zh = "没有名为 {engine} 的识别引擎"
    en = "There is no recognition engine called {engine}"


class EngineMissing(OcrError):
    code = "OCR_ENGINE_MISSING"
    zh = "识别引擎 {engine} 没有装好：{hint}"
    en = "The recognition engine {engine} is not installed: {hint}"


class WorkTooLong(OcrError):
    code = "OCR_TIMED_OUT"
    zh = "识别超过 {seconds} 秒，已停止，可以重试"
    en = "Recognition took longer than {seconds} s and was stopped; it can be run again"


class WorkerLost(OcrError):
    code = "OCR_WORKER_LOST"
    zh = "识别进程中断，可以重试"
    en = "The recognition process ended early; it can be run again"
