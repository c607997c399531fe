"""MC602: the stated number of parameters used per token is not what config and weights give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...architecture.repository import architecture, count
from ...architecture.sizes import printed_step, show_parameters
from ...card.records import Card
from ...card.vocabulary import ACTIVE_PARAMETERS
from ...errors import CannotTell
from ..base import Rule, Subject, Verdict, clean, fault
from .claims import also_at, own_claims, subjects_by_value
from .parameter_count import TOLERANCE, name_range, named_sizes, range_of

if TYPE_CHECKING:
    from ...evidence import Evidence


class ActiveParameters(Rule):
    """The stated number of active parameters is not what a token uses.

    ## What it does

    For a mixture of experts, takes from `config.json` how many experts a token uses, and from the headers
    of the safetensors files how many parameters lie in routed experts and how many elsewhere; the sum of
    the used share and the rest is compared with each active count that the card states and with the "A17B"
    of a name. Counts with and without embeddings and vision tower are both honest; only a number more than
    10 % (in a name 15 %) outside them is a fault.

    ## Why it matters

    Active parameters decide speed and cost per token. Too low a number makes a model look cheaper than it is.

    ## Example

        **Active Parameters**: 3B

    while the config routes each token to 8 experts, which together with the dense part hold 22B.

    ## What to do instead

    State the number that follows from the config, and say whether embeddings are counted.
    """

    id = "MC602"
    name = "active-parameters"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        name, sizes, span = named_sizes(card)
        active = tuple(s for s in sizes if s.active)
        if active:
            yield Subject("name", span, data=(name, active))
        yield from subjects_by_value(own_claims(card, ACTIVE_PARAMETERS), show_parameters)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        if subject.data is not None:
            size = subject.data[1][0]
            said, (low, high) = f"The model's name says {size.text}", name_range(size)
        else:
            claim = subject.claims[0]
            value = claim.value or 0.0
            said = f"The card states {show_parameters(value)} active parameters"
            low, high = range_of(value, printed_step(claim.raw, value), TOLERANCE)
        known = architecture(evidence)
        if known.varying_experts:
            raise CannotTell(
                f"the config gives no single number of active parameters: {known.varying_experts}"
            )
        found = count(evidence)
        if known.experts is None and not found.routed:
            least, most, how = (
                found.smallest,
                found.total,
                "the model has no experts, so each token uses all of it",
            )
        elif known.experts is None or known.experts_per_token is None:
            raise CannotTell("config.json does not say how many experts a token uses")
        elif known.experts != found.experts:
            raise CannotTell(
                f"config.json has {known.experts} experts, the weights {found.experts or 'a varying number'}"
            )
        else:
            least, most = found.active(known.experts_per_token)
            how = f"each token uses {known.experts_per_token} of {known.experts} routed experts"
        numbers = f"{show_parameters(least)} (language model without embeddings) to {show_parameters(most)}"
        if low <= most and least <= high:
            return clean(f"{said}; {how}: {numbers}.")
        return fault(
            f"{said}; {how}, which makes {numbers}, by config.json and the tensors' shapes.",
            help="State the number that follows from the config, and whether it counts embeddings.",
            related=also_at(subject.claims),
            severity="warning" if subject.data is not None else None,
        )
