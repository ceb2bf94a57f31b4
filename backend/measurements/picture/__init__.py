"""A reading proposed from a photo of the device that took it; nothing of it is kept.

Entered through ``pictures.Pictures``. What a person confirms comes back as any reading does,
with ``entry`` = ``picture`` among its attributes.
"""
