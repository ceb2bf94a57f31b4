"""Why a model's wording is not used. Nobody but the log sees these."""

from __future__ import annotations

from backend.core.errors import KangbanError


class ModelFailed(KangbanError):
    """``data["why"]``: unreachable, refused, late, unreadable."""

    status = 502
    code = "ASSISTANT_MODEL_FAILED"
    zh = "语言模型没有给出可用的回答（{why}），已改用模板。"
    en = "The language model gave nothing usable ({why}); the template was used."


class WordingRefused(KangbanError):
    """``data["what"]``: the check that a sentence failed."""

    status = 502
    code = "ASSISTANT_WORDING_REFUSED"
    zh = "语言模型的说法与依据不符（{what}），已改用模板。"
    en = "The language model's wording does not match the evidence ({what}); not used."


class WouldLeak(KangbanError):
    """What would have left still names somebody: it does not leave."""

    status = 500
    code = "ASSISTANT_WOULD_LEAK"
    zh = "内容里还有能认出人的信息，没有发给语言模型。"
    en = "The content could still identify somebody; it was not sent to the model."
