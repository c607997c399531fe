"""Rules about the card against the repository's configuration files (MC6xx)."""

from __future__ import annotations

from ..base import Rule
from .active_parameters import ActiveParameters
from .architecture_mismatch import ArchitectureMismatch
from .config_unreadable import ConfigUnreadable
from .context_length import ContextLength
from .dtype_mismatch import DtypeMismatch
from .identity_in_chat_template import IdentityInChatTemplate
from .missing_loaded_file import MissingLoadedFile
from .parameter_count import ParameterCount
from .pickle_weights import PickleWeights
from .served_context import ServedContext
from .trust_remote_code import TrustRemoteCode
from .unsupported_inference_claim import UnsupportedInferenceClaim

RULES: tuple[type[Rule], ...] = (
    ParameterCount,
    ActiveParameters,
    ContextLength,
    ServedContext,
    ArchitectureMismatch,
    DtypeMismatch,
    IdentityInChatTemplate,
    UnsupportedInferenceClaim,
    MissingLoadedFile,
    PickleWeights,
    TrustRemoteCode,
    ConfigUnreadable,
)
