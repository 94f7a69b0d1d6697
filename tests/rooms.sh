#!/usr/bin/env bash
# Includes run one way: a room of the engine knows itself and the rooms listed before it here, and
# the public headers know none.
# usage: rooms.sh SOURCE_ROOT
set -euo pipefail
cd -- "$1"

status=0
known=()
for room in crash sink record stacks throw format route extend config drain call fatal recover api; do
  known+=("$room")
  [[ -d engine/$room ]] || continue
  allowed=$(IFS='|' && echo "${known[*]}")
  if grep --recursive '#include "' "engine/$room" | grep --invert-match --extended-regexp "#include \"($allowed)/"; then
    echo "rooms: engine/$room may include only: ${known[*]}" >&2
    status=1
  fi
done

if grep --recursive '#include "' include; then
  echo "rooms: a public header includes what is not installed" >&2
  status=1
fi

for room in engine/*/; do
  room=${room%/}
  [[ " ${known[*]} " == *" ${room##*/} "* ]] || { echo "rooms: where does $room belong?" >&2; status=1; }
done
exit "$status"
