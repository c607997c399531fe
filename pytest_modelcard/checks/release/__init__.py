"""Rules about what only the `release` and `eu-gpai` profiles ask for (MC05x to MC09x)."""

from __future__ import annotations

from ..base import Rule
from .missing_metadata import MissingMetadata
from .missing_release_file import MissingReleaseFile
from .missing_section import MissingSection
from .missing_title import MissingTitle
from .open_distribution import OpenDistribution
from .open_energy import OpenEnergy
from .open_general_information import OpenGeneralInformation
from .open_model_properties import OpenModelProperties
from .open_training_compute import OpenTrainingCompute
from .open_training_data import OpenTrainingData
from .open_training_process import OpenTrainingProcess
from .open_use import OpenUse
from .unfinished_text import UnfinishedText

RULES: tuple[type[Rule], ...] = (
    MissingReleaseFile,
    MissingMetadata,
    MissingSection,
    MissingTitle,
    UnfinishedText,
    OpenGeneralInformation,
    OpenModelProperties,
    OpenDistribution,
    OpenUse,
    OpenTrainingProcess,
    OpenTrainingData,
    OpenTrainingCompute,
    OpenEnergy,
)
