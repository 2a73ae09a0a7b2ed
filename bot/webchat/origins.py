"""Which other sites may embed the chat: ALLOWED_ORIGINS, addresses with commas between, or * for any. None by default."""
import os
from typing import Dict, Optional, Tuple

_PLAIN = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
SAFE_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def allowed_origins() -> Tuple[str, ...]:
    return tuple(one.strip().rstrip("/") for one in os.environ.get("ALLOWED_ORIGINS", "").split(",") if one.strip())


def cross_origin(origin: Optional[str]) -> Dict[str, str]:
    """The headers that let a page of `origin` use the web chat API; empty where it may not."""
    allowed = allowed_origins()
    if not origin or not ("*" in allowed or origin in allowed):
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "POST, DELETE, OPTIONS",
        "Access-Control-Allow-Headers": "authorization, content-type",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }


def security_headers(path: str) -> Dict[str, str]:
    """What every answer carries; only the frame may be framed by the sites that are allowed to embed."""
    ancestors = " ".join(("'self'",) + allowed_origins()) if path == "/widget/frame" else "'self'"
    frames = "; frame-src 'self'" if path == "/widget/embed" else ""
    return {**SAFE_HEADERS, "Cache-Control": "no-store", "Content-Security-Policy": f"{_PLAIN}{frames}; frame-ancestors {ancestors}"}
