"""How well the bot understands: measured on messages written apart from the training phrases."""
