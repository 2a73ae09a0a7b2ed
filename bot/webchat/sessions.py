"""Session tokens: made and signed by the server, so that none can be guessed and a conversation's id says nothing."""
import os
import secrets
from typing import Optional

from itsdangerous import BadSignature, URLSafeSerializer

from bot.webchat.conversations import Conversations


class Sessions:
    """Opens sessions and tells which conversation a token belongs to. The secret is SESSION_SECRET, or new with each start."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._signer = URLSafeSerializer(os.environ.get("SESSION_SECRET") or secrets.token_urlsafe(32), salt="webchat")

    def open(self) -> str:
        """A token for a new conversation."""
        conversation_id = secrets.token_urlsafe(24)
        self._conversations.write(conversation_id, {})
        return str(self._signer.dumps(conversation_id))

    def conversation_of(self, token: Optional[str]) -> Optional[str]:
        """The token's conversation, or None where the token is not ours or the conversation has ended or is forgotten."""
        try:
            conversation_id = self._signer.loads(token or "")
        except BadSignature:
            return None
        return conversation_id if self._conversations.read(conversation_id) is not None else None
