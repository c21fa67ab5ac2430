#!/usr/bin/env bash
# Builds both jars twice from clean, in different locales; different bytes are an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
hashes() {
  mvn --batch-mode --quiet -f jvm/pom.xml -DskipTests -Dmaven.test.skip=true clean package
  python3 - jvm/scala-*/target/sagemaker-spark_*.jar <<'PYTHON'
import hashlib, pathlib, sys
for name in sys.argv[1:]:
    print(hashlib.sha256(pathlib.Path(name).read_bytes()).hexdigest(), pathlib.Path(name).name)
PYTHON
}
first=$(hashes)
second=$(LANG=C LC_ALL=C hashes)
if [ "$first" != "$second" ]; then
  printf 'Two clean builds differ:\n%s\n%s\n' "$first" "$second" >&2
  exit 1
fi
printf 'Two clean builds gave the same bytes:\n%s\n' "$first"
