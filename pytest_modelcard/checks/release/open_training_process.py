"""MC084: the training process, as the EU's documentation form asks."""

from __future__ import annotations

from ...card.vocabulary import TRAINING
from ._checklist import ChecklistRule
from ._items import Item


class OpenTrainingProcess(ChecklistRule):
    """An item of the form's training process is not stated.

    ## What it does

    Goes through section 5 of the form: the stages and methods of training with their key choices, and what
    was optimised and why.

    ## Why it matters

    Providers of general-purpose models on the Union market have to keep this documentation (AI Act,
    Article 53, Annexes XI and XII). A card that already states it saves the form; an open item is no
    breach of the law: parts of the form go to authorities only, on request.

    ## Example

    A card that says "post-trained" and nothing more.

    ## What to do instead

    A section 'Training' with stages, methods, tokens and the reasons for the main choices.
    """

    id = "MC084"
    name = "open-training-process"
    severity = "warning"
    profiles = ("eu-gpai",)
    items = (
        Item(
            "methodology",
            "how it was trained",
            "Describe the stages of training and the methods.",
            heading=r"training (?:procedure|process|details|method|recipe|pipeline|infrastructure)"
            r"|pre-?training|post-?training|fine-?tuning (?:details|procedure)|treinamento"
            r"|entrenamiento|训练(?:过程|方法|细节|流程)",
            text=r"\b(?:pre-?train(?:ed|ing)|supervised fine-?tuning|\bSFT\b|\bRLHF\b|\bDPO\b|\bGRPO\b"
            r"|reinforcement learning|distillation)\b[^.\n]{20,}|merge method|预训练[^。\n]{10,}",
            claims=(TRAINING,),
        ),
        Item(
            "design-choices",
            "the key design choices of its training and why they were made",
            "Give hyper-parameters and the reasons for the main choices.",
            heading=r"hyper-?parameters?|training (?:hyperparameters|config)|ablation|超参",
            text=r"learning rate|batch size|optimizer|AdamW?|\bMuon\b|warm-?up|curriculum|loss function"
            r"|\bablation|学习率|taxa de aprendizado",
            touches=r"\bstages?\b|\bbecause\b|in order to",
        ),
    )
