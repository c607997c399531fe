"""Names of what attribute, prose and metadata claims speak of, so that parsers and rules agree."""

from __future__ import annotations

# attributes and prose: `value` in the unit named here
TOTAL_PARAMETERS = "total-parameters"  #: value: number of parameters (397e9, not 397)
ACTIVE_PARAMETERS = "active-parameters"  #: value: number of parameters used per token
CONTEXT_LENGTH = "context-length"  #: value: tokens; `text` "native" or "extended" where the card says so
LICENSE = "license"  #: text: as printed
BASE_MODEL = "base-model"  #: text and model: as printed
LANGUAGES = "languages"  #: text: comma-separated ISO 639-1 codes that could be read from it
ARCHITECTURE = "architecture"
DTYPE = "dtype"
LAYERS = "layers"
EXPERTS = "experts"
ACTIVE_EXPERTS = "active-experts"
VOCABULARY = "vocabulary"
HIDDEN_SIZE = "hidden-size"
SERVED_CONTEXT = "served-context-length"  #: value: tokens, from a serving command in a code block

# prose only
PARENT = "parent"  #: model: id or name of a model this one is made from; text: one of RELATIONS
MENTION = "mention"  #: model: id of another model the card names by id or URL, with no role stated
SURPASSES_BASE = "surpasses-base"  #: text: "significant" where the sentence says so, else ""
STATE_OF_THE_ART = "state-of-the-art"
TRAINING = "training"  #: the card says the model was trained (post-trained, fine-tuned, distilled)
IDENTITY = "identity"  #: text: the name the card says the model has or gives
INFERENCE_FRAMEWORK = "inference-framework"  #: text: the name of a framework the card says is built in
LOADS_FILE = "loads-file"  #: text: path of a repository file that the card tells people to load
TRUST_REMOTE_CODE = "trust-remote-code"  #: model: id of another model, where the place loads that one
SCORE = "score"  #: value, benchmark: a score that a sentence gives for this model

#: How a parent was used, in the Hub's own words where it has one.
RELATIONS = ("merge", "finetune", "quantized", "adapter", "distilled", "unknown")
