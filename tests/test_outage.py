"""nginx as deploy/nginx.conf sets it up, while no bot answers: whoever comes still finds the contacts, and nothing sent is written down."""
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from string import Template
from threading import Thread
from typing import Iterator

import httpx
import pytest

from bot.signposting.data_files import ROOT
from tests.conftest import free_port, running, seen

SECRET_WORDS = "zebra-lantern"
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin") or "nginx"


@contextmanager
def nginx(folder, bots: str, proxies: str = "") -> Iterator[str]:
    """Debian's nginx with the project's own configuration, before the bots named. Gives its address."""
    port = free_port()
    settings = {"LISTEN": f"127.0.0.1:{port}", "BOTS": bots, "PROXIES": proxies, "OUTAGE": str(folder / "outage"), "TEMP": str(folder), "TLS": str(folder / "tls")}
    config = folder / "nginx.conf"
    config.write_text(Template((ROOT / "deploy" / "nginx.conf").read_text()).safe_substitute(settings))
    with open(folder / "errors", "wb") as errors:
        process = subprocess.Popen([NGINX, "-c", str(config), "-g", "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"], stderr=errors)
        try:
            for _ in range(100):
                assert process.poll() is None, (folder / "errors").read_text()
                try:
                    httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=5)
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            for name in ("body", "proxy"):   # where nginx would write, there is nowhere to write: a request that wants it fails
                (folder / name).rmdir()
                (folder / name).touch()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def write_outage(folder) -> None:
    subprocess.run([sys.executable, "-m", "bot", "outage", str(folder / "outage")], cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxy")
    write_outage(folder)
    return folder


@pytest.fixture(scope="module")
def proxy(folder):
    """nginx before a bot that is not there."""
    with nginx(folder, f"server 127.0.0.1:{free_port()};") as address:
        yield address


@pytest.mark.parametrize("path", ["/", "/?lang=cy", "/widget/frame", "/widget/embed", "/nothing"])
def test_the_page_with_the_contacts_is_shown(proxy, path):
    answer = httpx.get(proxy + path)
    assert answer.status_code == 503 and answer.headers["content-type"].startswith("text/html")
    assert "0800 1111" in answer.text and "999" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"] and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["webchat.js", "element.js", "words.json", "webchat.css", "fallback.html"])
def test_the_widget_on_other_sites_still_finds_its_files(proxy, name):
    answer = httpx.get(f"{proxy}/widget/{name}")
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("letters", [10, 60_000, 300_000])
def test_messages_get_help_and_go_into_no_file(proxy, folder, letters):
    body = json.dumps({"text": SECRET_WORDS * (letters // 10)})
    answer = httpx.post(f"{proxy}/webhooks/webchat/messages", content=body, headers={"Authorization": f"Bearer {SECRET_WORDS}"})
    assert answer.status_code in (413, 502) and "childline" in seen(answer.json()["messages"], {}).services
    assert "127.0.0.1" not in (folder / "errors").read_text()


def test_health_is_not_papered_over(proxy):
    assert httpx.get(f"{proxy}/health/ready").status_code == 502


def test_before_a_bot_that_answers_it_changes_nothing(tmp_path):
    with running(TRUSTED_PROXIES="127.0.0.1") as bot, nginx(tmp_path, f"server {bot.removeprefix('http://')};") as address:
        page = httpx.get(address)
        assert page.status_code == 200 and page.headers.get_list("content-security-policy") == httpx.get(bot).headers.get_list("content-security-policy")
        token = httpx.post(f"{address}/webhooks/webchat/sessions").json()["session"]
        for text, status in (("someone is threatening to share my pictures", 200), ("a" * 3000, 413)):
            answer = httpx.post(f"{address}/webhooks/webchat/messages", json={"text": text}, headers={"Authorization": f"Bearer {token}"}, timeout=20)
            assert answer.status_code == status and seen(answer.json()["messages"], {}).services
        embed = httpx.get(f"{address}/widget/embed", headers={"X-Forwarded-Proto": "https"}).text   # said by a proxy before nginx, and passed on
        assert f"https://{address.removeprefix('http://')}/widget/webchat.js" in embed


class Echo(BaseHTTPRequestHandler):
    """Answers with the address that it is told."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["X-Forwarded-For"].encode())

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("proxies, address", [("", "127.0.0.1"), ("set_real_ip_from 127.0.0.1;", "203.0.113.9")])
def test_visitors_cannot_make_up_an_address_and_known_proxies_can_tell_it(tmp_path, proxies, address):
    echo = HTTPServer(("127.0.0.1", 0), Echo)
    Thread(target=echo.serve_forever, daemon=True).start()
    try:
        with nginx(tmp_path, f"server 127.0.0.1:{echo.server_port};", proxies) as proxy:
            assert httpx.get(proxy, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}).text == address
    finally:
        echo.shutdown()


def test_who_is_no_trusted_proxy_is_not_believed(server):
    assert f"{server}/widget/webchat.js" in httpx.get(f"{server}/widget/embed", headers={"X-Forwarded-Proto": "https"}).text
