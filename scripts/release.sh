#!/usr/bin/env bash
# Builds a release in dist/: source archive, wheel, list of what is in it (SBOM), constraints, checksums.
# usage: release.sh PYTHON
set -euo pipefail
python=$1
cd "$(dirname "$0")/.."

if [ -n "$(git status --porcelain)" ]; then
    echo "there are changes that are not committed: a release is built of a commit" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1

"$python" -m venv "$work/tools"
"$work/tools/bin/python" -m pip install -q -r scripts/release-tools.txt
rm -rf dist
"$work/tools/bin/python" -m build --no-isolation --outdir dist .

# As a user installs it: an empty venv, another folder, the packages that the tests ran with.
"$python" -m venv "$work/clean"
"$work/clean/bin/python" -m pip install -q -c constraints.txt dist/castkit-*.whl
version=$(cd "$work" && clean/bin/castkit --version)
version=${version##* }
"$work/tools/bin/python" scripts/sbom.py "$work/clean/bin/python" "dist/castkit-$version.cdx.json"
cp constraints.txt dist/
(cd dist && sha256sum -- * >"$work/sums" && mv "$work/sums" SHA256SUMS)
cat dist/SHA256SUMS
