"""One call of an OpenAI-compatible chat endpoint, through LangChain."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.model.errors import ModelFailed

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

_MOST_TOKENS = 1200


class Sentence(BaseModel):
    """A sentence and the numbers of the evidence that it rests on."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=600)
    cites: list[int] = Field(max_length=40)


class Wording(BaseModel):
    """What the model must return."""

    model_config = ConfigDict(extra="forbid")
    sentences: list[Sentence] = Field(min_length=1, max_length=12)


class Endpoint(NamedTuple):
    """``seconds`` is for the whole call, silence and dripping included."""

    url: str
    name: str
    key: SecretStr | None = None
    seconds: float = 8.0


class ChatModel:
    """The configured model. LangChain is imported with the first call."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def word(self, evidence: str, language: str) -> Wording:
        """The model's wording, unchecked. Raises ``ModelFailed``."""
        chat = self._chat
        from langsmith import tracing_context

        prompt: str = read_toml(__package__, "prompt.toml")[language]
        try:
            # LangSmith would send traces elsewhere where its variables happen to be set.
            with tracing_context(enabled=False):
                message = chat.invoke([("system", prompt), ("human", evidence)])
        except Exception as error:  # whatever a client library throws at a bad server
            raise ModelFailed(why=type(error).__name__) from None
        content = message.content if isinstance(message.content, str) else ""
        try:
            return Wording.model_validate_json(_bare(content))
        except ValidationError:
            raise ModelFailed(why="unreadable") from None

    @cached_property
    def _chat(self) -> Any:
        from langchain_openai import ChatOpenAI

        chat: ChatOpenAI = ChatOpenAI(
            base_url=self._endpoint.url,
            model=self._endpoint.name,
            api_key=self._endpoint.key or SecretStr("none"),
            timeout=self._endpoint.seconds,
            max_retries=0,
            temperature=0,
            max_completion_tokens=_MOST_TOKENS,
        )
        schema = {"name": "wording", "strict": True, "schema": Wording.model_json_schema()}
        return chat.bind(response_format={"type": "json_schema", "json_schema": schema})


def _bare(content: str) -> str:
    """Without the fence that many models put around JSON."""
    text = content.strip()
    if text.startswith("```"):
        text = text.strip("`").removeprefix("json").strip()
    return text
