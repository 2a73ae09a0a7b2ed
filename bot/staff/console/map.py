"""The route table as a picture's data: concerns, rows and services, and which of them are joined."""
from functools import lru_cache
from itertools import product
from typing import Any, Dict, List, Set, Tuple

from bot.signposting.routes import table
from bot.signposting.services import registry
from bot.signposting.situation import ABOUT, AGES, AUDIENCES, Situation
from bot.staff.console.fresh import where_menu, where_row, where_service
from bot.staff.console.why import menu_id, spoken

NO_WORRY = "no worry known"


@lru_cache(maxsize=None)
def _reached() -> Set[Tuple[str, str]]:
    """Every pair of a concern and a row that some situation leads to, found by asking the table."""
    facts = {fact for row in table().routes for fact in row.when.facts}
    known = {
        Situation(audience=audience, about=about, age=age, facts=some).settled()
        for audience, about, age in product(AUDIENCES, ABOUT, AGES)
        for some in [frozenset(), *(frozenset({fact}) for fact in facts)]
    }
    return {(concern, table().row_for(concern, one).id) for concern in table().severity for one in known}


def route_map() -> Dict[str, Any]:
    """Nodes in the order of the data files; each joined pair once."""
    rows: List[Dict[str, Any]] = [
        {
            "id": row.id, "where": where_row(row.id), "services": list(row.services),
            "when": [f"{name}: {', '.join(spoken(one) for one in values)}" for name, values in row.when if values and name != "concern"],
            "concerns": [concern for concern in table().severity if (concern, row.id) in _reached()],
        }
        for row in table().routes
    ]
    rows += [
        {
            "id": menu_id(place), "where": where_menu(place), "services": list(menu.services),
            "when": [f"audience: {', '.join(spoken(one) for one in menu.audience)}"], "concerns": [NO_WORRY],
        }
        for place, menu in enumerate(table().help_menu)
    ]
    return {
        "concerns": [{"id": concern, "name": spoken(concern)} for concern in [*table().severity, NO_WORRY]],
        "rows": rows,
        "services": [{"id": service.id, "name": service.name, "where": where_service(service.id)} for service in registry().values()],
    }
