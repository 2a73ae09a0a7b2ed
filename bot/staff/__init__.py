"""For staff: conversation tests, the console, and the contacts with their dates. Never part of the public server."""
