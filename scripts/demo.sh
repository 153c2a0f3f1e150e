#!/usr/bin/env bash
# Publishes episode-02 of the demonstration show into ./public, and says what to do next.
set -euo pipefail
cd "$(dirname "$0")/.."
castkit=.venv/bin/castkit

"$castkit" models fetch base --from pip
"$castkit" publish episode-02
cat <<'TEXT'

Published episode-02 of the demonstration show. What there is now:
  public/                             the store, laid out as a bucket would be
  public/feeds/en.xml, zh-Hans.xml    the feeds, one per language
  episodes/episode-02/build/          everything castkit made on the way
Next:
  .venv/bin/castkit serve             then open http://127.0.0.1:8000/ in a browser,
                                      or subscribe to http://127.0.0.1:8000/feeds/en.xml
  .venv/bin/castkit status            what is stale, and why
  .venv/bin/castkit publish --all     the other two episodes
TEXT
