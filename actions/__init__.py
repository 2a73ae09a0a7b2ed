"""The custom actions: thin, they read what was understood, ask the signposting core, and remember."""
