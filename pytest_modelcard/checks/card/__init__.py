"""Rules about the card itself (MC0xx)."""

from __future__ import annotations

from ..base import Rule
from .dead_link import DeadLink
from .instructs_language_model import InstructsLanguageModel
from .invisible_characters import InvisibleCharacters
from .leftover_template import LeftoverTemplate
from .missing_front_matter import MissingFrontMatter
from .missing_image import MissingImage
from .unreadable_card import UnreadableCard

RULES: tuple[type[Rule], ...] = (
    UnreadableCard,
    MissingFrontMatter,
    MissingImage,
    DeadLink,
    LeftoverTemplate,
    InvisibleCharacters,
    InstructsLanguageModel,
)
