"""Logs tell what happened and never what was said: of our own lines the text, of all others only where they come from."""
import logging
import sys
import threading
import warnings
from types import TracebackType
from typing import Any, Dict, Optional, Type

_OURS = ("bot", "actions")
_SHOW = warnings.showwarning
_RECORD = logging.LogRecord


def _names_only(_: Any, __: str, event: Dict[str, Any]) -> Dict[str, Any]:
    return {"event": event.get("event"), "level": event.get("level")}


def _without_content(
    name: str, level: int, path: str, line: int, message: Any, args: Any, error: Any, function: Optional[str] = None,
    stack: Optional[str] = None, **more: Any,
) -> logging.LogRecord:
    """A log record without what libraries put into it (messages, and errors with what caused them); so for every handler there is."""
    kind = error[0].__name__ if isinstance(error, tuple) and error[0] else ""
    if name.split(".")[0] not in _OURS:
        message, args = f"{name}:{function}:{line}", ()
    record = _RECORD(name, level, path, line, message, args, None, function, None, **more)
    if kind:
        record.msg, record.args = f"{record.getMessage()} {kind}", ()
    return record


def quiet(level: int = logging.WARNING) -> None:
    """Sends all logs to standard error, without content, from `level` on; warnings, which may quote a message, are not shown.

    What the environment asks for (LOG_LEVEL=DEBUG and the like) changes nothing. A library that sets logging up anew gets records
    that are empty already: they are emptied where they are made.
    """
    import structlog

    structlog.configure(
        processors=[structlog.stdlib.add_log_level, _names_only, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.setLogRecordFactory(_without_content)
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr, force=True)
    warnings.showwarning = lambda *args, **kwargs: None   # libraries set the filters anew while they are imported


def seal() -> None:
    """For processes that visitors speak to: errors that nobody caught are told by their kind and place, without their text."""

    def tell(kind: Type[BaseException], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        place = ""
        while trace is not None:
            place, trace = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}", trace.tb_next
        print(f"An error that nobody caught: {kind.__name__} {place}", file=sys.stderr, flush=True)

    sys.excepthook = tell
    threading.excepthook = lambda found: tell(found.exc_type, found.exc_value, found.exc_traceback)
    sys.unraisablehook = lambda found: tell(found.exc_type, found.exc_value, found.exc_traceback)


def ordinary() -> None:
    """Undoes `quiet` for Rasa's own commands, which staff run on the project's data and no visitor ever speaks to."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING), logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    logging.setLogRecordFactory(_RECORD)
    logging.basicConfig(level=logging.WARNING, force=True)
    warnings.showwarning = _SHOW
    warnings.filterwarnings("ignore", category=DeprecationWarning)
