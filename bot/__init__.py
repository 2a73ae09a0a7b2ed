"""The safeguarding signposting bot: what runs around Rasa."""
