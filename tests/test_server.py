"""What the server sends besides answers: headers, compressed files, and which other sites may embed the chat."""
import httpx
import pytest

from bot.webchat.origins import cross_origin, security_headers

SITE = "https://school.example"


def test_files_are_compressed_and_not_sent_twice(server):
    first = httpx.get(f"{server}/widget/webchat.js", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip" and first.headers["access-control-allow-origin"] == "*"
    again = httpx.get(f"{server}/widget/webchat.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content


@pytest.mark.parametrize("path", ["/", "/privacy", "/widget/embed", "/widget/frame", "/health/live", "/nothing"])
def test_every_answer_is_safe_to_show(server, path):
    headers = httpx.get(server + path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer" and headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers


def test_no_other_site_may_use_the_api_unless_it_is_allowed(server, monkeypatch):
    answer = httpx.post(f"{server}/webhooks/webchat/sessions", headers={"Origin": SITE})
    assert "access-control-allow-origin" not in answer.headers
    assert httpx.options(f"{server}/webhooks/webchat/messages", headers={"Origin": SITE}).status_code == 204
    monkeypatch.setenv("ALLOWED_ORIGINS", f"{SITE}, https://other.example/")
    assert cross_origin(SITE)["Access-Control-Allow-Origin"] == SITE
    assert cross_origin("https://other.example") and not cross_origin("https://evil.example") and not cross_origin(None)
    assert SITE in security_headers("/widget/frame")["Content-Security-Policy"]
    assert SITE not in security_headers("/")["Content-Security-Policy"]


def test_the_fallback_holds_the_contacts_for_other_sites(server):
    answer = httpx.get(f"{server}/widget/fallback.html")
    assert "0800 1111" in answer.text and answer.headers["access-control-allow-origin"] == "*"


def test_health(server):
    assert httpx.get(f"{server}/health/live").json() == {"live": True}
    assert httpx.get(f"{server}/health/ready").json() == {"ready": True}


@pytest.mark.parametrize("path, other", [("/privacy", "/privacy/children"), ("/privacy/children", "/privacy")])
def test_the_privacy_notices_are_shown_without_gaps(server, path, other):
    answer = httpx.get(server + path)
    assert answer.status_code == 200 and "default-src 'none'" in answer.headers["content-security-policy"]
    assert "15 minutes" in answer.text and f'href="{other}"' in answer.text and "0800 1111" in answer.text
    assert "[" not in answer.text and "reviewed" not in answer.text and "<script" not in answer.text


def test_the_notices_tell_the_minutes_that_are_set():
    from bot.webchat.notices import notices

    assert all("5 minutes" in text and "15 minutes" not in text for _, text in notices(5).values())
