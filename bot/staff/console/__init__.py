"""The staff console: a page on this computer alone, to talk with the bot, see why it answers so, and test it."""
