"""What access refuses with. Existence is not told: unknown and forbidden answer alike."""

from __future__ import annotations

from backend.core.errors import Conflict, Forbidden


class AccessDenied(Forbidden):
    code = "ACCESS_DENIED"
    zh = "您没有查看或修改这部分资料的权限。"
    en = "You are not allowed to see or change this part of the record."


class RoleRequired(Forbidden):
    code = "ROLE_REQUIRED"
    zh = "这个操作需要另一种身份。"
    en = "This needs another role."


class RelationExists(Conflict):
    code = "RELATION_EXISTS"
    zh = "您与这位居民已经建立了同样的关系。"
    en = "This relation to the resident exists already."
