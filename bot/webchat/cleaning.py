"""Makes what a visitor types harmless: it stays text, and can never act as an intent, a command or markup."""
import unicodedata

LONGEST = 2000   # letters in a message


def cleaned(text: str) -> str:
    """The text without control characters and hidden marks, on one form of each letter, never beginning with a slash.

    Rasa acts on texts that begin with "/" (`/restart`, `/intent{...}`); look-alikes become "/" first and then go.
    """
    text = unicodedata.normalize("NFKC", text)
    kept = (one if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " " for one in text)
    return "".join(kept).strip().lstrip("/ \t\n").strip()
