#!/usr/bin/env bash
# The inputs of action.yml as options of `python -m pytest_modelcard review`. Isolated (-I): nothing in the checkout
# can be imported.
set -euo pipefail

out=$(dirname "$(dirname "$(dirname "$PYTHON")")")
args=("--root=$IN_ROOT" "--record=$out/modelcard-record.json" "--json=$out/modelcard-report.json")
option() { if [ -n "$2" ]; then args+=("--$1=$2"); fi; }
option base "$IN_BASE"
option profile "$IN_PROFILE"
option select "$IN_SELECT"
option ignore "$IN_IGNORE"
option suspect "$IN_SUSPECT"
option budget "$IN_BUDGET"
option weights "$IN_WEIGHTS"
option fail-on "$IN_FAIL_ON"
option block "$IN_BLOCK"
option sarif "$IN_SARIF"
if [ "$IN_SUMMARY" = on ]; then args+=(--summary); fi
if [ "$IN_ANNOTATIONS" = log ]; then args+=(--annotate); fi
while IFS= read -r line; do option model "$line"; done <<<"$IN_MODEL"
args+=(--)
while IFS= read -r line; do if [ -n "$line" ]; then args+=("$line"); fi; done <<<"$IN_PATH"
if [ -z "$HF_TOKEN" ]; then unset HF_TOKEN; fi

cd "${GITHUB_WORKSPACE:-.}"
# The verdict is a step of its own, after the comment.
"$PYTHON" -I -m pytest_modelcard review "${args[@]}" || [ $? -le 2 ]
