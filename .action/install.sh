#!/usr/bin/env bash
# Installs this very checkout of the project into an environment of its own; the job's Python stays as it is.
set -euo pipefail

python=$(command -v python3 || command -v python || true)
if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "::error::Python 3.11 or newer is needed: set the input python-version, for example to 3.13"
  exit 1
fi
case "$EXTRAS" in
  *[!a-z,]*)
    echo "::error::extras: names separated by commas"
    exit 1
    ;;
esac

folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/modelcard.XXXXXX")
wanted="$ACTION_PATH${EXTRAS:+[$EXTRAS]}"
if command -v uv >/dev/null; then # about ten times as fast
  uv venv -q --python "$python" "$folder/env"
else
  "$python" -m venv "$folder/env"
fi
inside="$folder/env/bin/python"
[ -x "$inside" ] || inside="$folder/env/Scripts/python.exe"
if command -v uv >/dev/null; then
  uv pip install -q --python "$inside" -c "$ACTION_PATH/constraints.txt" "$wanted"
else
  "$inside" -m pip install -q --disable-pip-version-check --no-compile -c "$ACTION_PATH/constraints.txt" "$wanted"
fi
echo "python=$inside" >>"$GITHUB_OUTPUT"
