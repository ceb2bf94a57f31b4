"""Care plans (健康管理计划): pathways as data files, proposed from the archive, adapted weekly.

Owns the plans, their revisions, the weeks that were looked at and the days that counted. Makes
its reminders through ``backend.care.reminders``; the content library, questionnaires and points
hear of it through the composition root.
"""
