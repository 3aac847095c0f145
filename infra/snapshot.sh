#!/usr/bin/env bash
# Writes those infra/*.snapshot.json anew that no longer say what their parameter file would create, without a subscription.
# Commit the result; the tests compare. (The order of outputs differs from run to run: a file that still holds is left alone.) Takes the bicep program from the NuGet packages folder (restore tests/Infra.Tests first) or from BICEP.
set -euo pipefail
cd "$(dirname "$0")"
packages="${NUGET_PACKAGES:-$HOME/.nuget/packages}"
bicep="${BICEP:-$(find "$packages/azure.bicep.commandline.linux-x64" -path "*/tools/bicep" 2> /dev/null | sort -V | tail -n 1)}"
[ -n "$bicep" ] || { echo "No bicep program: run 'dotnet restore tests/Infra.Tests', or set BICEP." >&2; exit 1; }
[ -x "$bicep" ] || chmod u+x "$bicep"
unset AZURE_ENV_NAME AZURE_LOCATION DIRECTORY_HOST DIRECTORY_PORT SIGN_IN_CLIENT_ID ALERT_EMAIL

snapshot() {
  "$bicep" snapshot "$1" --mode "$2" \
    --tenant-id 00000000-0000-0000-0000-000000000001 --subscription-id 00000000-0000-0000-0000-000000000000 \
    --resource-group ldapsync --location westeurope --deployment-name main
}

for file in *.bicepparam; do
  if [ -e "${file%.bicepparam}.snapshot.json" ] && snapshot "$file" validate > /dev/null 2>&1; then
    echo "$file: as committed"
  else
    snapshot "$file" overwrite
    echo "$file: written"
  fi
done
