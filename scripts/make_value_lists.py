"""Write the dated value lists of pytest_modelcard/data: the Hub's licences, languages, tasks, libraries.

    python scripts/make_value_lists.py --licenses hub-docs/docs/hub/repositories-licenses.md [--out FOLDER]
        [--tasks FOLDER] [--languages FOLDER]

`--licenses` is the page of the Hub's documentation that the Hub derives its own list from. `--tasks` and
`--languages` are unpacked npm packages (`@huggingface/tasks`, `@huggingface/languages`); without them
they are had with `npm pack`. Needs Node and, for ISO 639-2/B and ISO 639-5 codes, the Python package
pycountry.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "pytest_modelcard" / "data"

_TASKS_JS = """
const t = require(process.argv[1]);
const pipelines = {}, subtasks = {}, libraries = {}, metrics = {};
for (const [id, p] of Object.entries(t.PIPELINE_DATA)) {
  pipelines[id] = p.name;
  for (const s of p.subtasks || []) subtasks[s.type] = id;
}
for (const [id, l] of Object.entries(t.MODEL_LIBRARIES_UI_ELEMENTS)) libraries[id] = l.prettyLabel;
for (const task of Object.values(t.TASKS_DATA))
  for (const m of (task && task.metrics) || []) metrics[m.id] = m.id;
console.log(JSON.stringify({pipelines, subtasks, libraries, metrics}));
"""
_LANGUAGES_JS = """
const l = require(process.argv[1]);
const codes = {};
for (const list of [l.LANGUAGES_ISO_639_3, l.LANGUAGES_ISO_639_1])
  for (const [code, entry] of Object.entries(list)) codes[code] = entry.name;
console.log(JSON.stringify(codes));
"""

#: What the Hub takes beside ISO 639 codes.
SPECIAL_LANGUAGES = {"code": "programming languages", "multilingual": "several languages"}

#: Metrics of the `evaluate` library and its kin that no task page names.
EVALUATE_METRICS = [
    "accuracy",
    "bertscore",
    "bleu",
    "bleurt",
    "brier_score",
    "cer",
    "character",
    "charcut_mt",
    "chrf",
    "code_eval",
    "comet",
    "competition_math",
    "coval",
    "cuad",
    "exact_match",
    "f1",
    "frugalscore",
    "glue",
    "google_bleu",
    "indic_glue",
    "mae",
    "mahalanobis",
    "mape",
    "mase",
    "matthews_correlation",
    "mauve",
    "mcc",
    "mean_iou",
    "meteor",
    "mse",
    "nist_mt",
    "pearsonr",
    "perplexity",
    "poseval",
    "precision",
    "r_squared",
    "recall",
    "rl_reliability",
    "roc_auc",
    "rouge",
    "sacrebleu",
    "sari",
    "seqeval",
    "smape",
    "spearmanr",
    "squad",
    "squad_v2",
    "super_glue",
    "ter",
    "trec_eval",
    "wer",
    "wiki_split",
    "xnli",
    "xtreme_s",
    "pass@1",
]

#: Hub id -> (SPDX id or None, what the licence asks of those who build on it).
#: permissive: notices must be kept, nothing else; public-domain: nothing; weak-copyleft and copyleft:
#: derived works stay under it; use-restricted: open but for listed uses, to be passed on; community: the
#: maker's own terms; no-derivatives; noncommercial; unknown: the name alone does not say.
LICENSES: dict[str, tuple[str | None, str]] = {
    "apache-2.0": ("Apache-2.0", "permissive"),
    "mit": ("MIT", "permissive"),
    "openrail": (None, "use-restricted"),
    "bigscience-openrail-m": (None, "use-restricted"),
    "creativeml-openrail-m": (None, "use-restricted"),
    "bigscience-bloom-rail-1.0": (None, "use-restricted"),
    "bigcode-openrail-m": (None, "use-restricted"),
    "afl-3.0": ("AFL-3.0", "permissive"),
    "artistic-2.0": ("Artistic-2.0", "permissive"),
    "bsl-1.0": ("BSL-1.0", "permissive"),
    "bsd": (None, "permissive"),
    "bsd-2-clause": ("BSD-2-Clause", "permissive"),
    "bsd-3-clause": ("BSD-3-Clause", "permissive"),
    "bsd-3-clause-clear": ("BSD-3-Clause-Clear", "permissive"),
    "c-uda": ("C-UDA-1.0", "use-restricted"),
    "cc": (None, "unknown"),
    "cc0-1.0": ("CC0-1.0", "public-domain"),
    "cc-by-2.0": ("CC-BY-2.0", "permissive"),
    "cc-by-2.5": ("CC-BY-2.5", "permissive"),
    "cc-by-3.0": ("CC-BY-3.0", "permissive"),
    "cc-by-4.0": ("CC-BY-4.0", "permissive"),
    "cc-by-sa-3.0": ("CC-BY-SA-3.0", "copyleft"),
    "cc-by-sa-4.0": ("CC-BY-SA-4.0", "copyleft"),
    "cc-by-nc-2.0": ("CC-BY-NC-2.0", "noncommercial"),
    "cc-by-nc-3.0": ("CC-BY-NC-3.0", "noncommercial"),
    "cc-by-nc-4.0": ("CC-BY-NC-4.0", "noncommercial"),
    "cc-by-nd-4.0": ("CC-BY-ND-4.0", "no-derivatives"),
    "cc-by-nc-nd-3.0": ("CC-BY-NC-ND-3.0", "noncommercial"),
    "cc-by-nc-nd-4.0": ("CC-BY-NC-ND-4.0", "noncommercial"),
    "cc-by-nc-sa-2.0": ("CC-BY-NC-SA-2.0", "noncommercial"),
    "cc-by-nc-sa-3.0": ("CC-BY-NC-SA-3.0", "noncommercial"),
    "cc-by-nc-sa-4.0": ("CC-BY-NC-SA-4.0", "noncommercial"),
    "cdla-sharing-1.0": ("CDLA-Sharing-1.0", "copyleft"),
    "cdla-permissive-1.0": ("CDLA-Permissive-1.0", "permissive"),
    "cdla-permissive-2.0": ("CDLA-Permissive-2.0", "permissive"),
    "wtfpl": ("WTFPL", "public-domain"),
    "ecl-2.0": ("ECL-2.0", "permissive"),
    "epl-1.0": ("EPL-1.0", "weak-copyleft"),
    "epl-2.0": ("EPL-2.0", "weak-copyleft"),
    "etalab-2.0": ("etalab-2.0", "permissive"),
    "eupl-1.1": ("EUPL-1.1", "copyleft"),
    "eupl-1.2": ("EUPL-1.2", "copyleft"),
    "agpl-3.0": ("AGPL-3.0-only", "copyleft"),
    "gfdl": (None, "copyleft"),
    "gpl": (None, "copyleft"),
    "gpl-2.0": ("GPL-2.0-only", "copyleft"),
    "gpl-3.0": ("GPL-3.0-only", "copyleft"),
    "lgpl": (None, "weak-copyleft"),
    "lgpl-2.1": ("LGPL-2.1-only", "weak-copyleft"),
    "lgpl-3.0": ("LGPL-3.0-only", "weak-copyleft"),
    "isc": ("ISC", "permissive"),
    "h-research": (None, "noncommercial"),
    "intel-research": (None, "noncommercial"),
    "lppl-1.3c": ("LPPL-1.3c", "weak-copyleft"),
    "ms-pl": ("MS-PL", "weak-copyleft"),
    "apple-ascl": (None, "community"),
    "apple-amlr": (None, "noncommercial"),
    "mpl-2.0": ("MPL-2.0", "weak-copyleft"),
    "odc-by": ("ODC-By-1.0", "permissive"),
    "odbl": ("ODbL-1.0", "copyleft"),
    "openmdw-1.0": ("OpenMDW-1.0", "permissive"),
    "openmdw-1.1": ("OpenMDW-1.1", "permissive"),
    "openrail++": (None, "use-restricted"),
    "osl-3.0": ("OSL-3.0", "copyleft"),
    "postgresql": ("PostgreSQL", "permissive"),
    "ofl-1.1": ("OFL-1.1", "copyleft"),
    "ncsa": ("NCSA", "permissive"),
    "unlicense": ("Unlicense", "public-domain"),
    "zlib": ("Zlib", "permissive"),
    "pddl": ("PDDL-1.0", "public-domain"),
    "lgpl-lr": ("LGPLLR", "weak-copyleft"),
    "deepfloyd-if-license": (None, "noncommercial"),
    "fair-noncommercial-research-license": (None, "noncommercial"),
    "llama2": (None, "community"),
    "llama3": (None, "community"),
    "llama3.1": (None, "community"),
    "llama3.2": (None, "community"),
    "llama3.3": (None, "community"),
    "llama4": (None, "community"),
    "grok2-community": (None, "community"),
    "gemma": (None, "community"),
    "unknown": (None, "unknown"),
    "other": (None, "unknown"),
}


def node(script: str, module: Path) -> Any:
    """What a Node script prints about a package's entry module, parsed."""
    done = subprocess.run(
        ["node", "-e", script, str(module.resolve())], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def package(folder: Path | None, name: str, work: Path) -> tuple[Path, str]:
    """Folder and version of an npm package, had with `npm pack` where no folder is given."""
    if folder is None:
        done = subprocess.run(
            ["npm", "pack", "--silent", name], cwd=work, check=True, capture_output=True, text=True
        )
        folder = work / name.rsplit("/", 1)[-1]
        with tarfile.open(work / done.stdout.split()[-1]) as archive:
            archive.extractall(folder, filter="data")
        folder /= "package"
    version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    return folder, f"{name} {version}"


def licenses(page: str) -> dict[str, dict[str, Any]]:
    """The rows of the documentation's table, with what `LICENSES` knows of each."""
    rows = re.findall(r"^\| *([^|`]+?) *\| *`([^`]+)` *\|", page, re.MULTILINE)
    found: dict[str, dict[str, Any]] = {}
    for name, id in rows:
        if id not in LICENSES:
            raise SystemExit(f"the Hub knows a new licence, {id} ({name}): add it to LICENSES with its kind")
        spdx, kind = LICENSES[id]
        found[id] = {"name": name.replace("\\", ""), "spdx": spdx, "kind": kind}
    if gone := set(LICENSES) - set(found):
        raise SystemExit(f"no longer in the Hub's list: {', '.join(sorted(gone))}")
    return found


def languages(codes: dict[str, str]) -> dict[str, str]:
    """ISO 639-1, -2, -3 and -5 codes with their English names, and the Hub's special values."""
    import pycountry

    found = dict(SPECIAL_LANGUAGES)
    for family in pycountry.language_families:
        found[family.alpha_3] = family.name
    for language in pycountry.languages:
        for field in ("alpha_3", "bibliographic", "alpha_2"):
            if code := getattr(language, field, None):
                found[code] = language.name
    return {**found, **codes}


def write(out: Path, name: str, date: str, source: str, values: Any) -> None:
    text = json.dumps({"date": date, "source": source, "values": values}, ensure_ascii=False, indent=1)
    (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{name}.json: {len(values)} values")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--licenses", type=Path, required=True)
    parser.add_argument("--tasks", type=Path)
    parser.add_argument("--languages", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--date", default=datetime.date.today().isoformat())
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        tasks, tasks_source = package(args.tasks, "@huggingface/tasks", Path(temporary))
        names, names_source = package(args.languages, "@huggingface/languages", Path(temporary))
        lists = node(_TASKS_JS, tasks / "dist" / "commonjs" / "index.js")
        codes = node(_LANGUAGES_JS, names / "dist" / "index.js")
    docs = "huggingface/hub-docs, docs/hub/repositories-licenses.md"
    write(args.out, "licenses", args.date, docs, licenses(args.licenses.read_text(encoding="utf-8")))
    write(
        args.out,
        "languages",
        args.date,
        f"{names_source}; ISO 639 of pycountry",
        dict(sorted(languages(codes).items())),
    )
    write(args.out, "pipeline_tags", args.date, tasks_source, lists["pipelines"])
    write(args.out, "subtasks", args.date, tasks_source, lists["subtasks"])
    write(args.out, "libraries", args.date, tasks_source, lists["libraries"])
    metrics = {**lists["metrics"], **{m: m for m in EVALUATE_METRICS}}
    write(args.out, "metrics", args.date, f"{tasks_source}; evaluate", dict(sorted(metrics.items())))


if __name__ == "__main__":
    main()
