#!/usr/bin/env bash
# Installs this very checkout of the project into an environment of its own; the job's Python stays as it is.
# uv takes a quarter of pip's time, fetching uv itself included.
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
pins="$ACTION_PATH/constraints.txt"
export PIP_DISABLE_PIP_VERSION_CHECK=1

uv=$(command -v uv || true)
if [ -z "$uv" ] && "$python" -m pip install -q --no-compile -c "$pins" --target "$folder/uv" uv; then
  uv="$folder/uv/bin/uv"
fi
if [ -n "$uv" ]; then
  "$uv" venv -q --python "$python" "$folder/env"
else
  "$python" -m venv "$folder/env"
fi
inside="$folder/env/bin/python"
[ -x "$inside" ] || inside="$folder/env/Scripts/python.exe"
if [ -n "$uv" ]; then
  "$uv" pip install -q --python "$inside" -c "$pins" "$wanted"
else
  "$inside" -m pip install -q --no-compile -c "$pins" "$wanted"
fi
echo "python=$inside" >>"$GITHUB_OUTPUT"
