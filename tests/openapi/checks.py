"""What Schemathesis does besides its own checks. It runs in an environment of its own (.tools/schemathesis), not in that of the bot."""
import os

import requests
import schemathesis


@schemathesis.auth(refresh_interval=None)
class Session:
    """A new session for every request: so no limit of one conversation hides what a later request would have shown."""

    def get(self, case, context):
        return requests.post(f"{os.environ['API']}/sessions", timeout=10).json()["session"]

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.check
def shows_a_way_to_a_person(context, response, case):
    """Whatever is sent, the answer holds a service with a contact. Only that a session has ended needs no more words, and what browsers ask."""
    if response.request.method in ("HEAD", "OPTIONS") or (response.request.method, response.status_code) == ("DELETE", 200):
        return
    messages = response.json()["messages"]
    contacts = [contact for one in messages if one["type"] == "services" for service in one["services"] for contact in service["contacts"]]
    assert contacts, f"{response.status_code} without help"
