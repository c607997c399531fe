#!/usr/bin/env bash
# The inputs of action.yml as options of `python -m pytest_modelcard comment`. Runs no code but this project's.
set -euo pipefail

args=("--record=$RECORD" "--key=$IN_KEY" "--fail-on=$IN_FAIL_ON" "--block=$IN_BLOCK")
if [ -n "$IN_ISSUE" ]; then args+=("--issue=$IN_ISSUE"); fi
if [ "$IN_COMMENT" != on ] && [ -z "$IN_ISSUE" ]; then args+=(--no-comment); fi
if [ "$IN_ANNOTATIONS" = check ]; then args+=(--check); fi
if [ "$HAS_SUMMARY" = true ]; then args+=(--already=summary); fi
if [ "$HAS_ANNOTATIONS" = true ]; then args+=(--already=annotations); fi

cd "${GITHUB_WORKSPACE:-.}"
"$PYTHON" -I -m pytest_modelcard comment "${args[@]}"
