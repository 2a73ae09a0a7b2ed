"""Logs tell what happened and never what was said: of Rasa's events only their names, of errors only their types."""
import logging
import sys
import warnings
from typing import Any, Dict

_SHOW = warnings.showwarning


def _names_only(_: Any, __: str, event: Dict[str, Any]) -> Dict[str, Any]:
    return {"event": event.get("event"), "level": event.get("level")}


class _NoContent(logging.Filter):
    """Rasa's plain log lines are put together from what was said; only where they come from is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.split(".")[0] in ("rasa", "rasa_sdk", "asyncio", "sanic"):
            kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
            record.msg, record.args = f"{record.name}:{record.funcName}:{record.lineno} {kind}".strip(), ()
            record.exc_info = record.exc_text = record.stack_info = None
        return True


def quiet(level: int = logging.WARNING) -> None:
    """Sends all logs to standard error, without content, from `level` on; warnings, which may quote a message, are not shown."""
    import structlog

    structlog.configure(
        processors=[structlog.stdlib.add_log_level, _names_only, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_NoContent())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    warnings.showwarning = lambda *args, **kwargs: None   # libraries set the filters anew while they are imported


def ordinary() -> None:
    """Undoes `quiet` for Rasa's own commands, which staff run on the project's data and no visitor ever speaks to."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING), logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    logging.basicConfig(level=logging.WARNING, force=True)
    warnings.showwarning = _SHOW
    warnings.filterwarnings("ignore", category=DeprecationWarning)
