"""BOT_PAUSED=1: the bot starts, whatever may be broken, and every message gets the static help."""
import httpx

from tests.servers import serving, until

PAUSED = {"BOT_PAUSED": "1"}


def assert_shows_static_help(bot):
    for text in ("my dad hits me", "hello", "/restart"):
        answer = bot.talk().say(text)
        assert answer.services[0] == "emergency_999" and "childline" in answer.services and "break" in answer.text


def test_it_starts_is_ready_and_shows_static_help():
    with serving(environment=PAUSED) as bot:
        assert httpx.get(f"{bot.address}/health/ready", timeout=20).json() == {"ready": True, "paused": True}
        assert_shows_static_help(bot)


def test_it_starts_without_a_model(tmp_path):
    with serving([f"model_at={tmp_path / 'none.tar.gz'}"], environment=PAUSED, wait=False) as bot:
        until(bot.live, 60, "live")
        until(lambda: "cannot be loaded" in bot.output(), 60, "the model is missed")
        assert_shows_static_help(bot)
        assert bot.status("/health/ready") == 503
