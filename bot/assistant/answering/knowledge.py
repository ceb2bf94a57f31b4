"""What one may eat and do, how something is measured: the content library answers, not the record.

「高血压能吃咸菜吗」 asks nothing of the record: that hypertension stands in it is no answer.
"""

from __future__ import annotations

import re

from bot.assistant.answer import Outcome
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.library.knowledge import known
from bot.assistant.understanding.query import Query

_ADVICE = re.compile(
    r"能|可以|该|适合|宜|怎么|如何|怎样|咋|什么|啥|多少|几克|几[次回遍]|注意|忌|吗|办|"
    r"\b(?:can|may|should|how|what)\b"
)
_OF_THE_RECORD = re.compile(
    r"档案|记录|报告|上1?[次回]|最近1?[次回]|医生(?:让|叫|说|嘱)|医嘱|出院|我(?:现在|平时|每天)?(?:在)?(?:吃|用|打)的|"
    r"(?:抽血|验血|化验|检查|体检)(?:的|出来的?|查的?|结果)(?![^，,。]{0,4}(?:前|后|注意|准备))|"
    r"多少次|几次(?<!天量几次)(?<!天测几次)(?<!天该量几次)(?<!天要量几次)(?<!天该测几次)|"
    r"record|report|doctor (?:said|told)|discharge"
)
# No piece was found, but that an illness stands in the record would be no answer to this either.
_MAY_ONE = re.compile(
    r"(?:能|可以|可不可以|能不能|该不该|适合|宜)(?:不能|不要|多|少|再|经常|天天|每天|一直|做|去|先)*"
    r"(?:吃|喝|抽|吸烟|泡|跑步|走路|游泳|锻炼|运动|坐飞机|出门|旅游|开车)|"
    r"(?:吃|喝)(?:点)?(?:什么|啥)(?:好|水果|菜|肉)|忌口|"
    r"can i (?:eat|drink|exercise|swim|run|travel)"
)


def answer_knowledge(query: Query) -> Draft | None:
    """A draft of the library; None where the question is of the record or of medicines' doses."""
    text = query.asked.plain
    if not _ADVICE.search(text) or _OF_THE_RECORD.search(text):
        return None
    if query.limit is not None or query.last_n is not None:
        return None
    found = known(text)
    if found is None:
        asks = not query.windows and _MAY_ONE.search(text)
        return _not_known(query) if asks else None
    draft = Draft()
    draft.sentences.append(
        phrase(query.language, "library_says", said=found.said, title=found.title)
    )
    draft.extras.append(phrase(query.language, "library_for_you"))
    draft.cite(found.citation())
    return draft


def is_known(text: str) -> bool:
    """Whether the library answers: what to eat with gout is no request for a prescription."""
    return (
        not _OF_THE_RECORD.search(text) and bool(_ADVICE.search(text)) and known(text) is not None
    )


def _not_known(query: Query) -> Draft:
    draft = Draft(outcome=Outcome.NOT_FOUND)
    draft.sentences.append(phrase(query.language, "none_library"))
    draft.sentences.append(phrase(query.language, "offer_doctor"))
    return draft
