"""All that the bot can say on one page, for a safeguarding lead to read: by worry and by who is spoken to."""
