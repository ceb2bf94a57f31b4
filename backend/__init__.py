"""The service: what every room stands on, and the rooms that keep a resident's data.

Only ``backend.main`` (composition root) and ``backend.cli`` (the ``kangban``
command) know every room. The rooms know neither Litestar nor Strawberry nor
aiogram; ``import-linter`` holds them to that (see ``pyproject.toml``).
"""
