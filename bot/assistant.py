"""The trained assistant: loads the model once and answers messages. Serving, conversing, flows and evaluation all go through it."""
import os
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from bot import lean

lean.prepare()

from rasa.core.actions.action import RemoteAction  # noqa: E402  (after lean.prepare)
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import UserMessage  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402
from rasa_sdk.executor import ActionExecutor  # noqa: E402

import actions.actions  # noqa: E402
from bot.direct import load_domain_as_trained, shorten, unpack_once  # noqa: E402
from bot.signposting.data_files import ROOT  # noqa: E402
from bot.signposting.reply import Message  # noqa: E402
from bot.webchat.answering import answer  # noqa: E402
from bot.webchat.conversations import CONVERSATIONS  # noqa: E402
from bot.webchat.tracker_store import SlotsOnlyStore  # noqa: E402

MODEL = ROOT / "models" / "model.tar.gz"


class ModelUnusable(RuntimeError):
    """There is no trained model where it was expected, or it cannot be read. Its text says what to do."""


class InProcessActions(EndpointConfig):
    """Runs the actions in this process, where Rasa would send a request to an action server."""

    def __init__(self) -> None:
        super().__init__(url="in-process")
        # Rasa checks each action's answer against a JSON schema, and the schema itself each time: 20 ms for an answer of our own.
        RemoteAction._validate_action_result = lambda action, result: True  # type: ignore[assignment]
        self._executor = ActionExecutor()
        self._executor.register_package(actions.actions)

    async def request(self, method: str = "post", subpath: Optional[str] = None, content_type: Optional[str] = None,
                      compress: bool = False, **kwargs: Any) -> Optional[Any]:
        return await self._executor.run(kwargs["json"])


class Assistant:
    """One loaded model, shared by all conversations."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    @classmethod
    def load(cls, model: Path = MODEL) -> "Assistant":
        """Raises ModelUnusable; Rasa itself would take another model instead, without a word."""
        if not model.is_file():
            raise ModelUnusable(f"There is no model at {model}. Train one: make train")
        action_server = os.environ.get("ACTION_SERVER_URL")
        agent = Agent(action_endpoint=EndpointConfig(url=action_server) if action_server else InProcessActions())
        agent.tracker_store = SlotsOnlyStore()   # Agent wraps the one it is given in another that falls back to the process's memory
        load_domain_as_trained()
        unpack_once()
        try:
            agent.load_model(str(model))
        except Exception as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            raise ModelUnusable(f"The model at {model} cannot be used ({why}). Train it anew: .venv/bin/python -m bot train --force") from error
        shorten(agent.processor)
        return cls(agent)

    async def on_new_message(self, message: UserMessage) -> Any:
        return await self._agent.handle_message(message)

    async def answer(
        self, conversation_id: str, text: Optional[str] = None, choice: Optional[str] = None
    ) -> Tuple[List[Message], Dict[str, Any]]:
        """The answer as the web chat gives it, and its trace. Raises TooLong, NoSuchChoice."""
        if CONVERSATIONS.read(conversation_id) is None:
            await CONVERSATIONS.open(conversation_id)
        return await answer(self.on_new_message, CONVERSATIONS, conversation_id, text=text, choice=choice)
