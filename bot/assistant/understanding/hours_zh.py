"""Chinese words for hours of the day, and for a time that nobody could date."""

from __future__ import annotations

import re

HOURS: list[tuple[re.Pattern[str], tuple[int, int]]] = [
    (re.compile(pattern), hours)
    for pattern, hours in (
        (r"凌晨|后半夜|下半夜", (0, 6)),
        (r"半夜|夜里|夜间|深夜|大半夜", (22, 5)),
        (
            (
                r"早上|早晨|清晨|清早|早起|朝早|朝头早|天亮|早晨头|晨起|晨间|大早|起床(?:后|时|的时候)?|睡醒|"
                r"(?<=[ \0])早(?!就|点|饭|餐)|(?<=\s)晨"
            ),
            (4, 11),
        ),
        (r"上午", (6, 12)),
        (r"中午|晌午|午间", (11, 14)),
        (r"下午|午后(?!血糖)|后晌|下昼|晏昼", (12, 18)),
        (r"傍晚|黄昏", (16, 20)),
        (r"晚上|晚间|夜晚黑?|晚黑|黑里头?|黑哒|夜头|(?<=[ \0])晚(?!饭|餐)", (17, 24)),
    )
]
VAGUE = re.compile(
    r"最近|近期|近来|这几天|这阵子|这段时间|这些天|这些日子|前阵子|前段时间|"
    r"这一阵|近段时间|这两天"
)
