"""Session tokens: made and signed by the server, so that none can be guessed and a conversation's id says nothing."""
import secrets
from typing import Optional

from itsdangerous import BadSignature, URLSafeSerializer


class Sessions:
    """Makes tokens and tells which conversation a token belongs to. Without a secret there is a new one with each start."""

    def __init__(self, secret: Optional[str] = None) -> None:
        self._signer = URLSafeSerializer(secret or secrets.token_urlsafe(32), salt="webchat")

    def new(self) -> "tuple[str, str]":
        """A new conversation's id, and the token for it."""
        conversation_id = secrets.token_urlsafe(24)
        return conversation_id, str(self._signer.dumps(conversation_id))

    def conversation_of(self, token: Optional[str]) -> Optional[str]:
        """The token's conversation, or None where the token is not ours. Whether the conversation still is, its store knows."""
        try:
            conversation_id = self._signer.loads(token or "")
        except BadSignature:
            return None
        return conversation_id if isinstance(conversation_id, str) else None
