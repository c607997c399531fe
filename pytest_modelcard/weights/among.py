"""Steps of the ladder for a candidate that lies among several models without being an exact sum of them."""

from __future__ import annotations

from dataclasses import replace

from . import wording
from .loose import loosely
from .records import Lineage
from .screen import Screen
from .varying import varying
from .verdicts import Case

#: What models may leave, over what the nearest of them does: for rounding in 16 bits (its error squared, where changes
#: are many steps); and for the candidate to lie among them, however it came there. A sibling with a cosine of 0.9
#: leaves 0.19, an earlier checkpoint of the same run 0.02.
_ROUNDED, _AMONG = 0.01, 0.1


def loosely_merged(case: Case) -> Lineage | None:
    """A blend computed in 16 bits in steps that are not known, by tensor or by row."""
    ids, left = Screen.of(case.samples, case.ids).nearly()
    sets = [list(ids)] if ids and left <= _ROUNDED else []
    # Weights that differ from row to row leave much to those by tensor.
    sets += [[*found, base] for base in case.bases() if len(found := case.greedy(base, 2)) == 2]
    for one in sets:
        last = next((i for i in case.declared if i in one), one[-1])
        fit = loosely(case.samples, [*(i for i in one if i != last), last])
        if fit is not None:
            return varying(case, fit)
    return None


def perhaps_merged(case: Case, found: Lineage) -> Lineage:
    """No fine-tune is called complete that undeclared models explain nearly."""
    if found.verdict != "fine-tune" or not found.declared_complete:
        return found
    ids, left = Screen.of(case.samples, case.ids).nearly()
    others = [i for i in ids if i not in case.declared]
    if left > _AMONG or not others:
        return found
    note = (
        f"its weights lie among those of {wording.listed(ids)}, which leave {100 * left:.1f} % of the difference: so do a "
        f"merge that was trained on, and runs alike; whether {wording.listed(others)} had a part is not told"
    )
    return replace(found, declared_complete=None, notes=(*found.notes, note))
