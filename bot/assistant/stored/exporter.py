"""Conversations as a part of the download of everything."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from bson import ObjectId

from backend.identity.viewer import Viewer
from backend.privacy.exporting import ExportFile
from bot.assistant.stored.conversations import Conversations
from bot.assistant.stored.turn import Said


class ConversationExporter:
    """What the viewer asked about the resident, and what was answered."""

    name = "conversations"

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        found = await self._conversations.everything(viewer, resident_id)
        yield ExportFile(
            path="conversations.json",
            content=json.dumps(
                [_plain(each) for each in found], ensure_ascii=False, indent=2
            ).encode(),
            zh="与助手的对话",
            en="Conversations with the assistant",
            count=len(found),
        )


def _plain(said: Said) -> dict[str, object]:
    words = said.words.model_dump(mode="json", exclude_none=True) if said.words else None
    return {
        "at": said.at.isoformat(),
        "conversation": str(said.conversation_id),
        "outcome": said.outcome.value,
        "made_by_ai": True,
        "said": words,
    }
