"""MC052: sections that a release should have."""

from __future__ import annotations

from ._checklist import ChecklistRule
from ._items import Item


class MissingSection(ChecklistRule):
    """A section that readers of a release need is not there.

    ## What it does

    Looks for what a card should say before weights go public: a title, how to use the model, what it is for,
    what it must not be used for and where it fails, how it was trained and on what, how it was evaluated and
    with which settings, whom to ask, and how to cite it. English, Portuguese, Spanish and Chinese
    headings and sentences are understood; where the card only touches a matter, the verdict is left to a
    person.

    ## Why it matters

    After the release these are the first questions that are asked, and they are answered by others.

    ## Example

    A card that ends after its benchmark table.

    ## What to do instead

    Write the section, if only a sentence: "We have not measured bias."
    """

    id = "MC052"
    name = "missing-section"
    severity = "warning"
    profiles = ("release",)
    items = (
        Item(
            "usage",
            "how to use the model",
            "Add an example that loads the model and runs it.",
            heading=r"how to|usage|quick ?start|get(?:ting)? started|inference|deploy"
            r"|como usar|uso|使用|快速|推理"
            r"|部署|cómo usar",
            text=r"\bfrom_pretrained|vllm serve|ollama run|llama-(?:cli|server)",
            code=r"from_pretrained|vllm|sglang|pipeline\(|ollama|llama-(?:cli|server)|^import "
            r"|^from \w+ import|python ",
        ),
        Item(
            "intended-use",
            "what the model is for",
            "Add a section 'Intended use'.",
            heading=r"intended|use cases?|direct use|applications?|what (?:is|it is) (?:it )?for|uses?$"
            r"|usos? (?:pretendido|previsto)|finalidade"
            r"|aplica(?:ções|ciones)|适用|用途|应用场景|使用场景",
            text=r"\b(?:intended|designed|meant|suitable|optimi[sz]ed|built) (?:for|to be used)\b"
            r"|intended use|destinad[oa] a|适用于|pensad[oa] para",
            touches=r"\buse cases?\b|applications such as",
        ),
        Item(
            "limitations",
            "its limitations and risks",
            "Add a section 'Limitations and risks': where the model fails and what it must not be used for.",
            heading=r"limitation|risks?\b|bias|out[- ]of[- ]scope|caveat|ethic|responsib|safety|disclaimer"
            r"|known issues|shortcoming"
            r"|limita(?:ções|ciones)|riscos|riesgos|viés|sesgo|局限|限制|声明|风险|免责|偏见|安全",
            text=r"\b(?:limitations?|may (?:generate|produce|exhibit)|hallucinat\w+|should not be used"
            r"|not (?:intended|suitable) for|biases?)\b"
            r"|limitações|limitaciones|pode gerar|局限性|不承担|幻觉|可能会?(?:生成|产生)",
        ),
        Item(
            "training-data",
            "what data it was trained on",
            "Say which data the model was trained on, or that it is not published and why.",
            heading=r"training data|datasets?|pre-?training data|corpus|dados de trein"
            r"|datos de entren|训练数据"
            r"|数据集|语料",
            text=r"\b(?:pre-?|post-?|fine-?)?(?:trained|tuned) (?:\w+ ){0,4}?(?:on|with"
            r"|using) [^.]{0,80}\b(?:tokens|data|datasets?|corpus|corpora|samples|examples"
            r"|instructions|dialogues|questions)\b|training (?:data|dataset|corpus)\b[^.]{3,}"
            r"|dados de treinamento|datos de entrenamiento"
            r"|(?:训练|预训练)(?:数据|语料)|数据的?(?:预)?训练|[tT] tokens|万亿\s?tokens?",
            touches=r"\bdatasets?\b|\bcorpus\b",
            metadata=("datasets",),
        ),
        Item(
            "evaluation",
            "how well it does",
            "Add a section 'Evaluation' with the benchmarks that were run.",
            heading=r"evaluation|benchmark|results?|performance|avalia|resultados|desempenho|evaluación"
            r"|rendimiento|评测|评估|性能|效果|表现",
            metadata=("model-index",),
        ),
        Item(
            "evaluation-settings",
            "with which settings it was evaluated",
            "Say for each benchmark: shots, sampling settings, number of runs, harness and its version.",
            heading=r"evaluation (?:settings?|setup|details|protocol|methodology)|settings?$"
            r"|configuração d[ae] avaliação|评测设置|评估设置",
            text=r"\b\d+-?\s?shots?\b|temperature\b[^.]{0,20}\d|top[-_]p\b|avg@\d|pass@\d|maj@\d|lm[-_ ]eval"
            r"|evalplus|opencompass|simple-?evals|harness"
            r"|lighteval|greedy|zero[- ]shot|averaged? over|样本|\bseeds?\b|评测框架",
            touches=r"evaluated (?:with|using|under)",
        ),
        Item(
            "contact",
            "whom to ask",
            "Name an address, or where issues are taken.",
            heading=r"contact|support|feedback|issues?|questions|contato|contacto|联系|反馈|交流",
            text=r"[\w.+-]+@[\w-]+\.\w{2,}|\b(?:contact us|open an issue|questions or comments|discord"
            r"|reach out|community tab|wechat|send (?:an )?e-?mail)\b|entre em contato"
            r"|联系我们|discussions?\b|/issues\b",
        ),
        Item(
            "citation",
            "how to cite it",
            "Add a BibTeX entry, or say that there is no paper.",
            heading=r"citation|cite|citing|bibtex|citação|cita(?:r|ción)|如何引用|引用",
            code=r"@\w+\s*\{",
            text=r"@(?:misc|article|inproceedings|techreport|software)\s*\{|please cite|cite (?:our|this"
            r"|the)|arxiv\.org/abs/|引用我们",
        ),
    )
    milder = {"citation": "note", "contact": "note"}  # noqa: RUF012
