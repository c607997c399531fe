"""Rules about the front matter and what it declares (MC1xx)."""

from __future__ import annotations

from ..base import Rule
from .bad_new_version import BadNewVersion
from .base_model_is_itself import BaseModelIsItself
from .base_model_relation import BaseModelRelation
from .cyclic_base_model import CyclicBaseModel
from .dataset_or_metric_unknown import DatasetOrMetricUnknown
from .invalid_eval_results import InvalidEvalResults
from .invalid_yaml import InvalidYaml
from .license_conflicts_with_parent import LicenseConflictsWithParent
from .license_text_disagrees import LicenseTextDisagrees
from .missing_base_model import MissingBaseModel
from .other_license_without_link import OtherLicenseWithoutLink
from .schema_violation import SchemaViolation
from .undeclared_language import UndeclaredLanguage
from .undeclared_parent import UndeclaredParent
from .unknown_language import UnknownLanguage
from .unknown_library import UnknownLibrary
from .unknown_license import UnknownLicense
from .unknown_pipeline_tag import UnknownPipelineTag
from .unresolvable_base_model import UnresolvableBaseModel

RULES: tuple[type[Rule], ...] = (
    InvalidYaml,
    SchemaViolation,
    UnknownLicense,
    UnknownLanguage,
    UnknownPipelineTag,
    UnknownLibrary,
    MissingBaseModel,
    UnresolvableBaseModel,
    BaseModelIsItself,
    CyclicBaseModel,
    BaseModelRelation,
    UndeclaredParent,
    LicenseConflictsWithParent,
    OtherLicenseWithoutLink,
    UndeclaredLanguage,
    InvalidEvalResults,
    BadNewVersion,
    DatasetOrMetricUnknown,
    LicenseTextDisagrees,
)
