"""Reads data/ anew in a running program, for tools that show the effect of a change at once."""
import sys

KEEPS = ("bot.signposting", "bot.nlu", "bot.staff")   # modules that keep what they read


def read_anew() -> None:
    """Forgets what was read from data/ and reads it again. Raises DataError that names what to mend.

    What the model learnt (data/nlu, data/rules.yml, data/domain/domain.yml) stays as it was trained.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith(KEEPS):
            for kept in list(vars(module).values()):
                if hasattr(kept, "cache_clear"):
                    kept.cache_clear()
    from bot.training import check_data, check_phrases

    check_data()
    check_phrases()
