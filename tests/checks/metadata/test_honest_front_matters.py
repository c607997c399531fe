"""Front matters as honest makers write them: no rule about metadata may accuse them."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata import RULES
from tests.support import findings

PEFT = """---
base_model: meta-llama/Llama-3.1-8B-Instruct
library_name: peft
license: llama3.1
tags:
- base_model:adapter:meta-llama/Llama-3.1-8B-Instruct
- lora
- transformers
pipeline_tag: text-generation
---
# Model Card

This is a LoRA adapter for meta-llama/Llama-3.1-8B-Instruct.
"""
GGUF = """---
base_model: mistralai/Mistral-7B-Instruct-v0.2
inference: false
license: apache-2.0
model_creator: Mistral AI_
model_name: Mistral 7B Instruct v0.2
model_type: mistral
pipeline_tag: text-generation
prompt_template: '<s>[INST] {prompt} [/INST]

  '
quantized_by: Someone
tags: [finetuned, gguf]
---
# Mistral 7B Instruct v0.2 - GGUF

This repo contains GGUF format model files for Mistral 7B Instruct v0.2.
"""
MERGE = """---
base_model:
- acme/one-7b
- beta/two-7b
library_name: transformers
tags:
- mergekit
- merge

---
# merged

This is a merge of pre-trained language models created using mergekit.

### Models Merged

The following models were included in the merge:
* acme/one-7b
* beta/two-7b
"""
GATED = """---
language: [en, de, fr, it, pt, hi, es, th]
pipeline_tag: text-generation
tags: [facebook, meta, pytorch, llama, llama-3]
license: llama3.1
extra_gated_prompt: >-
  ### COMMUNITY LICENSE AGREEMENT

  "Agreement" means the terms: and more.
extra_gated_fields:
  First Name: text
  Date of birth: date_picker
  Country: country
  geo: ip_location
  By clicking Submit below I accept the terms: checkbox
extra_gated_button_content: Submit
---
# A gated model
"""
CUSTOM = """---
license: other
license_name: deepseek
license_link: LICENSE
---
# A model under its own licence
"""
SPEECH = """---
language:
- en
- zh
- 'no'
- haw
- yue
tags:
- audio
- automatic-speech-recognition
widget:
- example_title: Sample 1
  src: https://example.org/sample1.flac
model-index:
- name: speech-tiny
  results:
  - task:
      name: Automatic Speech Recognition
      type: automatic-speech-recognition
    dataset:
      name: LibriSpeech (clean)
      type: librispeech_asr
      config: clean
      split: test
      args:
        language: en
    metrics:
    - name: Test WER
      type: wer
      value: 7.54
pipeline_tag: automatic-speech-recognition
license: apache-2.0
---
# Speech
"""
TRAINER = """---
library_name: transformers
license: apache-2.0
base_model: distilbert-base-uncased
tags:
- generated_from_trainer
metrics:
- accuracy
- f1
model-index:
- name: my-classifier
  results: []
---

<!-- This model card has been generated automatically. -->

# my-classifier

This model is a fine-tuned version of [distilbert-base-uncased](https://huggingface.co/distilbert-base-uncased).
"""
TRANSLATION = """---
language:
- ace
- acm
- zho
- zsm
- multilingual
language_details: ace_Arab, ace_Latn, acm_Arab
tags: [nllb]
license: cc-by-nc-4.0
datasets: [flores-200]
metrics: [bleu, spbleu, chrf++]
inference: false
thumbnail: https://example.org/a.png
---
# Translation
"""
VLM = """---
license: [apache-2.0]
license_link: https://example.org/LICENSE
language: code
library_name: transformers
pipeline_tag: image-text-to-text
base_model:
- acme/language-7b
- acme/vision-300m
base_model_relation: merge
new_version: acme/model-2
arxiv: 2401.00001
co2_eq_emissions:
  emissions: 1.5
---
# VLM
"""
OTHERS = {
    id: {"README.md": f"---\nlicense: {license}\n---\n"}
    for id, license in (
        ("meta-llama/Llama-3.1-8B-Instruct", "llama3.1"),
        ("mistralai/Mistral-7B-Instruct-v0.2", "apache-2.0"),
        ("acme/one-7b", "mit"),
        ("beta/two-7b", "mit"),
        ("distilbert-base-uncased", "apache-2.0"),
        ("acme/language-7b", "apache-2.0"),
        ("acme/vision-300m", "mit"),
        ("acme/model-2", "mit"),
    )
}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
@pytest.mark.parametrize(
    "card",
    [PEFT, GGUF, MERGE, GATED, CUSTOM, SPEECH, TRAINER, TRANSLATION, VLM],
    ids=["peft", "gguf", "merge", "gated", "custom", "speech", "trainer", "translation", "vlm"],
)
def test_no_rule_accuses_it(card: str, rule: type) -> None:
    for found in findings(rule, card, others=OTHERS, files={"LICENSE": "text"}):
        assert found.outcome in ("pass", "skip") or found.severity == "note", found
