"""What the operator sets in the environment, read once at the start; a value that cannot be meant is named, and the bot does not start with it."""
import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Mapping, Optional, Tuple, Union

SHORTEST_SECRET = 32   # characters

Network = Union[IPv4Network, IPv6Network]


class SettingError(ValueError):
    """A setting is missing or cannot be meant. Its text is for the operator: which, and what to do."""


@dataclass(frozen=True)
class Settings:
    """The settings of one server."""

    redis_url: Optional[str] = None              # REDIS_URL: conversations are shared through it; without it they live in the process
    session_secret: Optional[str] = None         # SESSION_SECRET: signs sessions; without it a new one with each start
    session_minutes: float = 15.0                # SESSION_MINUTES: a conversation is forgotten after so long without a message
    workers: int = 1                             # WORKERS: processes that answer on the one port
    trusted_proxies: Tuple[Network, ...] = ()    # TRUSTED_PROXIES: whose X-Forwarded-For is believed
    metrics_port: int = 0                        # METRICS_PORT: the first worker's counts are there, on 127.0.0.1; the next one's on the next port. 0: none
    event_log: bool = False                      # EVENT_LOG: a line of JSON for each request to the web chat, without content
    messages_per_address: int = 600              # MESSAGES_PER_ADDRESS: a minute; a school shares one address. 0: no limit

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ, workers: Optional[int] = None) -> "Settings":
        """The settings of `environment`; `workers` from the command line wins. Raises SettingError."""
        settings = cls(
            redis_url=environment.get("REDIS_URL") or None,
            session_secret=environment.get("SESSION_SECRET") or None,
            session_minutes=_number(environment, "SESSION_MINUTES", 15.0, least=0.01),
            workers=int(_number(environment, "WORKERS", 1, least=1)) if workers is None else workers,
            trusted_proxies=_networks(environment.get("TRUSTED_PROXIES", "")),
            metrics_port=int(_number(environment, "METRICS_PORT", 0, least=0)),
            event_log=environment.get("EVENT_LOG", "") not in ("", "0"),
            messages_per_address=int(_number(environment, "MESSAGES_PER_ADDRESS", 600, least=0)),
        )
        settings.check()
        return settings

    def check(self) -> None:
        if self.redis_url and not self.redis_url.startswith(("redis://", "rediss://", "unix://")):
            raise SettingError("REDIS_URL must begin with redis://, rediss:// or unix://")
        if self.redis_url and not self.session_secret:
            raise SettingError("REDIS_URL needs SESSION_SECRET too, the same for all workers and machines. Make one: openssl rand -hex 32")
        if self.session_secret and len(self.session_secret) < SHORTEST_SECRET:
            raise SettingError(f"SESSION_SECRET must have at least {SHORTEST_SECRET} characters. Make one: openssl rand -hex 32")
        if self.workers < 1:
            raise SettingError("WORKERS must be at least 1")
        if self.workers > 1 and not self.redis_url:
            raise SettingError(
                "More than one worker needs REDIS_URL: without it each worker would know only its own conversations. "
                "Set REDIS_URL and SESSION_SECRET, or WORKERS=1."
            )


def _number(environment: Mapping[str, str], name: str, default: float, least: float) -> float:
    try:
        value = float(environment.get(name) or default)
    except ValueError:
        raise SettingError(f"{name} must be a number") from None
    if not least <= value < 1e6:
        raise SettingError(f"{name} must be a number from {least:g} on")
    return value


def _networks(text: str) -> Tuple[Network, ...]:
    try:
        return tuple(ip_network(one.strip(), strict=False) for one in text.split(",") if one.strip())
    except ValueError:
        raise SettingError("TRUSTED_PROXIES must be addresses or networks with commas between, such as 127.0.0.1,10.0.0.0/8") from None
