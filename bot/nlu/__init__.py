"""How a message is understood: the components that config.yml names, and what they share."""
