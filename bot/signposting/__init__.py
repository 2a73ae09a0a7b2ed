"""The signposting core: services, routes, words and replies. It knows nothing of Rasa or the web."""
