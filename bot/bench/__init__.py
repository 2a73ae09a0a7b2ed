"""How fast and how light the bot is, measured beside Rasa's default on the same machine in the same run."""
