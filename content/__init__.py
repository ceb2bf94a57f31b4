"""Articles, recipes, exercises and quizzes as files; choosing what suits whom.

``files`` reads and checks the library, ``library`` finds pieces in it, ``choosing``
says what suits a resident and why, ``reading`` keeps what was opened, read and answered.
Pieces are Markdown with TOML front matter in ``library/``; every list they draw on
(conditions, foods, medicines, sources) is a file of ``data/``.
"""
