#!/usr/bin/env bash
# Provisions one environment on Azure and publishes the app to it: what './dev deploy' runs.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'TEXT'
./dev deploy ENVIRONMENT [options]

  ENVIRONMENT           a parameter file of infra/: dev, prod, prod-network or one of your own

  --resource-group G    default: rg-ldapsync-ENVIRONMENT
  --location L          default: westeurope (used when the group is created)
  --what-if             show what would be created or changed, and stop
  --yes                 do not ask before changing anything
  --sign-in             create or update the app registration for sign-in with Entra ID (needs the right to register apps)
  --sign-in-client ID   use this app registration; nothing is changed in Entra ID
  --package FILE        publish this zip instead of building one
  --no-code             provision only
  --no-infra            publish only
  --swap                swap the staging slot into production after publishing to it

Needs az (Azure CLI, signed in), dotnet (SDK of global.json) and zip. Running it again changes only what differs.
TEXT
}

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'deploy: %s\n' "$*" >&2; exit 1; }

environment='' group='' location=westeurope package='' client=''
whatIf=false yes=false signIn=false code=true infra=true swap=false
while [ $# -gt 0 ]; do
  case "$1" in
    --resource-group) group="${2:?--resource-group needs a name}"; shift ;;
    --location) location="${2:?--location needs a region}"; shift ;;
    --sign-in-client) client="${2:?--sign-in-client needs an id}"; shift ;;
    --package) package="${2:?--package needs a file}"; shift ;;
    --what-if) whatIf=true ;;
    --yes) yes=true ;;
    --sign-in) signIn=true ;;
    --no-code) code=false ;;
    --no-infra) infra=false ;;
    --swap) swap=true ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; fail "unknown option $1" ;;
    *) [ -z "$environment" ] || fail "one environment at a time: '$environment' or '$1'?"; environment="$1" ;;
  esac
  shift
done

known() { for file in infra/*.bicepparam; do basename "$file" .bicepparam; done | grep -vx main | tr '\n' ' '; }
[ -n "$environment" ] || { usage >&2; fail "which environment? One of: $(known)"; }
parameters="infra/$environment.bicepparam"
[ -f "$parameters" ] || fail "there is no $parameters. Known environments: $(known)"
group="${group:-rg-ldapsync-$environment}"

# What the parameter files come with are examples.
if ! $whatIf && $infra; then
  if grep -v '^ *//' "$parameters" | grep -q "corp\.example"; then
    fail "$parameters still names corp.example: put your directory's host and your alert addresses there"
  fi
  if ! $signIn && [ -z "$client" ] && grep -q "11111111-1111-1111-1111-111111111111" "$parameters"; then
    fail "$environment signs in with Entra ID: add --sign-in (registers the app) or --sign-in-client ID"
  fi
fi

# What is missing is said all at once.
missing=''
need() { command -v "$1" > /dev/null 2>&1 || missing="$missing
  $1: $2"; }
need az "the Azure CLI, https://learn.microsoft.com/cli/azure/install-azure-cli"
if $code && ! $whatIf && [ -z "$package" ]; then
  need dotnet "the .NET SDK of global.json, https://dotnet.microsoft.com/download"
  need zip "from your distribution, e.g. apt-get install zip"
fi
[ -z "$missing" ] || fail "these programs are missing:$missing"
az account show --output none 2> /dev/null || fail "not signed in to Azure: run 'az login', then 'az account set --subscription NAME'"
say "Subscription $(az account show --query name --output tsv), group $group, environment $environment"

build() {
  say "Building the app with the Azure Functions packages"
  rm -rf .run/publish .run/app.zip
  local scheduler=false
  if grep -v '^ *//' "$parameters" | grep -q "DurableTaskScheduler"; then scheduler=true; fi
  dotnet publish functions/App -c Release -p:FunctionsRuntime=azure -p:DurableTaskScheduler=$scheduler -o .run/publish ||
    fail "the Azure build failed. If packages could not be restored, this machine's NuGet source lacks them: use nuget.org"
  infra/check-app.sh .run/publish || fail "the published app is not as it should be"
  (cd .run/publish && zip -qr ../app.zip .)
  package=.run/app.zip
}

registered() { az ad app list --filter "displayName eq 'LdapSync $environment'" --query '[0].appId' --output tsv; }

# The app registration: audience, the three app roles, and nobody without one of them.
registration() {
  say "App registration 'LdapSync $environment'"
  if [ -z "$client" ]; then
    client="$(az ad app create --display-name "LdapSync $environment" --sign-in-audience AzureADMyOrg \
      --enable-id-token-issuance true --app-roles @infra/appRoles.json --query appId --output tsv)"
  else
    az ad app update --id "$client" --app-roles @infra/appRoles.json --output none
  fi
  az ad app update --id "$client" --identifier-uris "api://$client" --requested-access-token-version 2 --output none
  az ad sp show --id "$client" --output none 2> /dev/null || az ad sp create --id "$client" --output none
  az ad sp update --id "$client" --set appRoleAssignmentRequired=true --output none
}

# Where sign-in may come back to, and the managed identity as the app's credential: no secret anywhere.
trust() {
  local redirects=("https://${url#https://}/.auth/login/aad/callback")
  [ -z "$stagingUrl" ] || redirects+=("https://${stagingUrl#https://}/.auth/login/aad/callback")
  az ad app update --id "$client" --web-redirect-uris "${redirects[@]}" --output none
  local tenant
  tenant="$(az account show --query tenantId --output tsv)"
  if [ -z "$(az ad app federated-credential list --id "$client" --query "[?subject=='$identity'].name" --output tsv)" ]; then
    az ad app federated-credential create --id "$client" --output none --parameters "{
      \"name\": \"managed-identity\", \"issuer\": \"https://login.microsoftonline.com/$tenant/v2.0\",
      \"subject\": \"$identity\", \"audiences\": [\"api://AzureADTokenExchange\"] }"
  fi
}

arguments=()
collect() {
  arguments=(--resource-group "$group" --parameters "$parameters")
  [ -z "$client" ] || arguments+=(--parameters "signInClientId=$client")
}
output() { az deployment group show --resource-group "$group" --name ldapsync --query "properties.outputs.$1.value" --output tsv; }

if $whatIf; then
  az group show --name "$group" --output none 2> /dev/null || fail "the group $group does not exist yet; create it with 'az group create --name $group --location $location' to see a what-if"
  collect
  az deployment group what-if "${arguments[@]}"
  exit 0
fi

# The build comes first: nothing is created for an app that cannot be built.
if $code && [ -z "$package" ]; then build; fi
[ -z "$package" ] || [ -f "$package" ] || fail "there is no $package"

if $infra; then
  az group show --name "$group" --output none 2> /dev/null || az group create --name "$group" --location "$location" --output none
  if $signIn; then client="$(registered)"; fi
  collect
  say "What would change"
  az deployment group what-if "${arguments[@]}"
  if ! $yes; then
    read -r -p "Go on? [y/N] " answer || answer=''
    [ "$answer" = y ] || fail "stopped; nothing was changed in $group"
  fi
  if $signIn; then
    registration
    collect
  fi
  say "Provisioning (10 to 20 minutes the first time)"
  az deployment group create --name ldapsync "${arguments[@]}" --output none
fi

app="$(output functionAppName)"
url="$(output functionAppUrl)"
stagingUrl="$(output stagingUrl)"
identity="$(output identityPrincipalId)"
[ -n "$app" ] || fail "the group $group has no deployment named ldapsync: run without --no-infra first"
if $infra && $signIn; then trust; fi

if $code; then
  slot=()
  target="$url"
  if [ -n "$stagingUrl" ]; then slot=(--slot staging); target="$stagingUrl"; fi
  say "Publishing to $target"
  az functionapp deployment source config-zip --resource-group "$group" --name "$app" "${slot[@]}" --src "$package" --output none
  if $swap; then
    [ -n "$stagingUrl" ] || fail "--swap needs a staging slot: set stagingSlot in $parameters"
    say "Swapping staging into production"
    az functionapp deployment slot swap --resource-group "$group" --name "$app" --slot staging --output none
  fi
fi

say "Done"
cat <<TEXT
App              $url
Staging          ${stagingUrl:-none}
Records          $(output recordsAccountName), tables with the prefix $(output recordsTablePrefix)
Key Vault        $(output vaultName)
Relay            $(output relayNamespace)

Next, docs/runbook.md: connect the Hybrid Connection Manager, give people an app role, PUT the directory's settings.
TEXT
