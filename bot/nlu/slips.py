"""How a word comes to be mistyped: which slips lie between what was typed and what may have been meant, and how unlikely each is."""

NEIGHBOURS = {   # letters on a British keyboard, and those beside them
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "ol", "a": "qsz",
    "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb", "h": "gjyn", "j": "hkum", "k": "jli", "l": "kop", "z": "axs", "x": "zsc",
    "c": "xdv", "v": "cfb", "b": "vgn", "n": "bhm", "m": "njk",
}
# How much less likely each slip makes a word, as a natural logarithm; chosen on English evaluation messages with one letter in ten mistyped.
DOUBLED, SWAPPED, LEFT_OUT, NEIGHBOUR = 2.0, 3.0, 3.0, 3.0
ADDED, ANOTHER = 6.0, 7.0


def slips(typed: str, meant: str) -> float:
    """The least that it takes to type the one for the other: 0 where they are the same."""
    above, row = [], [LEFT_OUT * place for place in range(len(meant) + 1)]
    for down, letter in enumerate(typed):
        before = typed[down - 1] if down else ""
        added = DOUBLED if letter == before else ADDED
        below = [row[0] + added]
        for across, right in enumerate(meant):
            wrong = 0.0 if letter == right else NEIGHBOUR if letter in NEIGHBOURS.get(right, "") else ANOTHER
            least = min(row[across] + wrong, row[across + 1] + added, below[across] + LEFT_OUT)
            if before and across and letter == meant[across - 1] and before == right:
                least = min(least, above[across - 1] + SWAPPED)
            below.append(least)
        above, row = row, below
    return row[-1]
