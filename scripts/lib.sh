# Sourced by the scripts: where the project is, and how a script speaks.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export ROOT

# An interpreter or venv that is active must not leak into the ones made here.
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV

say() { printf '%s\n' "$@" >&2; }

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# step TEXT COMMAND...: run COMMAND, tell what it does and how long it took.
# COMMAND tells by itself why it failed; "set -e" then ends the script.
step() {
  local text=$1 start=$SECONDS
  shift
  say "… $text"
  "$@"
  say "✓ $text ($((SECONDS - start)) s)"
}
