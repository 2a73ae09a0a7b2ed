"""Which contacts are in use, when each was checked and runs out, and a call sheet for whoever checks them."""
