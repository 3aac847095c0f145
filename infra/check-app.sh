#!/usr/bin/env bash
# Looks whether a published app is what the Functions host expects: infra/check-app.sh FOLDER. With jq it also compares the functions that the
# packages' build found (names, triggers, routes, levels) with infra/functions.txt, which a test holds against the source.
set -euo pipefail
folder="${1:?usage: infra/check-app.sh FOLDER}"
list="$(dirname "$0")/functions.txt"
fail() { printf 'check-app: %s\n' "$*" >&2; exit 1; }

for file in host.json LdapSync.App.dll worker.config.json functions.metadata extensions.json .azurefunctions/function.deps.json; do
  [ -f "$folder/$file" ] || fail "$folder has no $file: publish with -p:FunctionsRuntime=azure"
done
[ ! -e "$folder/local.settings.json" ] || fail "local.settings.json must not be published"
grep -q '"defaultWorkerPath": *"LdapSync.App.dll"' "$folder/worker.config.json" || fail "worker.config.json does not start LdapSync.App.dll"
grep -q 'DurableTaskWebJobsStartup' "$folder/extensions.json" || fail "extensions.json lacks Durable Functions"

if ! command -v jq > /dev/null 2>&1; then
  echo "check-app: no jq here, so the functions were not compared with $list" >&2
  exit 0
fi
found="$(jq -r '.[] | [.name, (.bindings[] | select(.type != "http")
  | if .type == "httpTrigger" then "httpTrigger:\(.authLevel):\(.methods | join(",")):\(.route)"
    elif .type == "timerTrigger" then "timerTrigger:\(.schedule)" else .type end)] | join(" ")' "$folder/functions.metadata" | LC_ALL=C sort)"
diff "$list" <(printf '%s\n' "$found") || fail "the functions of $folder are not those of $list"
