#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One sweep of many chips against one process a chip: what is saved by making everything that does not
# depend on the chip once. CPU seconds of one thread, which other work on the machine does not change;
# of the separate processes three are run and counted as often as there are chips.
#   bench/chips_together.sh CHIPS IMAGES CONFIG RAIL VOLTAGE [--set KEY=VALUE]...
set -euo pipefail
if (($# < 5)); then
  sed -n 's/^#   /usage: /p' "$0" >&2
  exit 2
fi
chips=$1 images=$2 config=$3 rail=$4 voltage=$5
shift 5
brownout="$(dirname "$(readlink -f "$0")")/../build/release/sim/cli/brownout"
samples=3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# seconds COMMAND...: user and system time of the command.
seconds() {
  local TIMEFORMAT='%U %S'
  { time "$@" >"$folder/log" 2>&1; } 2>"$folder/time" || { cat "$folder/log" >&2 && exit 2; }
  awk '{ print $1 + $2 }' "$folder/time"
}

together=$(seconds "$brownout" sweep "$config" "$@" --jobs 1 --out "$folder/sweep" \
  --set sweep.rail="$rail" --set "sweep.voltages=[$voltage]" --set sweep.chips="$chips" \
  --set sweep.images="$images" --set sweep.nominal_images=1)
apart=0
for ((chip = 1; chip <= samples; ++chip)); do
  one=$(seconds "$brownout" run "$config" "$@" --engine fast --chip "$chip" --images "$images" \
    --set "rails.$rail.voltage=$voltage")
  apart=$(awk "BEGIN { print $apart + $one / $samples }")
done
awk -v chips="$chips" -v images="$images" -v together="$together" -v apart="$apart" 'BEGIN {
  printf "%d chips x %d images: one sweep %.2f CPU s, a process a chip %d x %.3f = %.1f CPU s, ratio %.2f\n",
    chips, images, together, chips, apart, chips * apart, chips * apart / together }'
