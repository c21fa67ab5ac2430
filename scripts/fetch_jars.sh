#!/usr/bin/env bash
# Brings the JVM jars into jars/. `scripts/fetch_jars.sh --help` says how.
set -euo pipefail
python=$(command -v python3 || true)
if [ -z "$python" ]; then
  echo "fetch_jars.sh needs python3 (3.9 or later) on the PATH." >&2
  exit 1
fi
exec "$python" "$(dirname "${BASH_SOURCE[0]}")/fetch_jars.py" "$@"
