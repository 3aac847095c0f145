// LdapSync on Azure: everything that one environment needs, in one resource group.
// Deploy with ./dev deploy or azd up; docs/runbook.md goes through it step by step.

targetScope = 'resourceGroup'

import { endpoint, hostingPlan, networkRange, tagSet } from 'modules/types.bicep'

@description('Short name of the environment; part of every resource name.')
@minLength(2)
@maxLength(12)
param environmentName string

param location string = resourceGroup().location

@description('Windows plan. Default: one Standard instance with Always On.')
param plan hostingPlan = { sku: 'S1', instances: 1, zoneRedundant: false }

@description('How the app reaches the directory.')
@allowed(['hybridConnections', 'virtualNetwork'])
param directoryAccess string = 'hybridConnections'

@description('Where the directory answers; the KDC too when Kerberos is used. Each becomes a Hybrid Connection.')
@minLength(1)
@maxLength(25)
param directoryEndpoints endpoint[]

@description('Used when directoryAccess is virtualNetwork.')
param network networkRange = {
  addressPrefix: '10.90.0.0/24'
  appSubnetPrefix: '10.90.0.0/26'
  endpointSubnetPrefix: '10.90.0.64/26'
  dnsServers: []
  hubNetworkId: ''
}

@description('Where durable state lives.')
@allowed(['AzureStorage', 'DurableTaskScheduler'])
param durableBackend string = 'AzureStorage'

@allowed(['Consumption', 'Dedicated'])
param schedulerSku string = 'Consumption'

@description('A slot to deploy to and try before the swap. Standard plans and up.')
param stagingSlot bool = false

@description('Client id of the app registration for sign-in with Entra ID. Empty: function keys only.')
param signInClientId string = ''

@description('Replication of the records; of the host storage it is locally redundant, its content can be made again.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param recordsReplication string = 'Standard_LRS'

@description('Guard the records against deletion of their account.')
param recordsLocked bool = false

@description('Prefix of the records tables: several installations can share an account in tests, here it is fixed.')
@minLength(3)
@maxLength(20)
param recordsTablePrefix string = 'LdapSync'

@description('The directory client: own is the built-in one, novell the second one (see README).')
@allowed(['own', 'novell'])
param ldapClient string = 'own'

@description('When the timer looks for directories that are due; six fields, UTC.')
param syncSchedule string = '0 */5 * * * *'

@description('When old instances, staging and journals are removed; six fields, UTC.')
param purgeSchedule string = '0 30 3 * * *'

@description('When it is looked for e-mails and webhook calls that are due; six fields, UTC.')
param notificationSchedule string = '*/15 * * * * *'

@description('Functions with a timer trigger: the staging slot must not run them.')
param timerFunctions string[] = ['StartDueSyncs', 'PurgeHistory', 'SendNotifications']

@description('Who gets the alerts.')
param alertEmails string[] = []

@description('Alert when no run succeeded within this many hours: three times the longest synchronization interval, at most 48.')
@minValue(1)
@maxValue(48)
param successWithinHours int = 24

@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@minValue(1)
@maxValue(100)
param logDailyQuotaGb int = 1

param tags tagSet = {}

var token = uniqueString(resourceGroup().id, environmentName)
var name = 'ldapsync-${environmentName}-${token}'
var allTags = union({ application: 'LdapSync', environment: environmentName }, tags)
var isPrivate = directoryAccess == 'virtualNetwork'
var isElastic = startsWith(plan.sku, 'EP')
var useScheduler = durableBackend == 'DurableTaskScheduler'
// Names are made here, so that what-if can follow them; dependsOn gives the order that outputs would have given.
var siteName = 'func-${name}'
var hostStorageName = 'lshost${token}'
var recordsStorageName = 'lsrecords${token}'
var vaultName = 'lskv-${token}'
var schedulerName = 'dts-${name}'
var relayName = 'relay-${name}'
var slotName = stagingSlot ? 'staging' : ''
var hubName = 'LdapSync'
var slotHubName = 'LdapSyncStaging'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${name}'
  location: location
  tags: allTags
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    location: location
    tags: allTags
    name: name
    retentionInDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: 'appi-${name}'
}

module hostStorage 'modules/storage.bicep' = {
  params: {
    location: location
    tags: allTags
    name: hostStorageName
    replication: 'Standard_LRS'
    isPrivate: isPrivate
    isLocked: false
    workspaceId: monitoring.outputs.workspaceId
  }
}

module recordsStorage 'modules/storage.bicep' = {
  params: {
    location: location
    tags: allTags
    name: recordsStorageName
    replication: recordsReplication
    isPrivate: isPrivate
    isLocked: recordsLocked
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    location: location
    tags: allTags
    name: vaultName
    isPrivate: isPrivate
    workspaceId: monitoring.outputs.workspaceId
  }
}

module contentShare 'modules/contentShare.bicep' = if (isElastic) {
  params: {
    location: location
    tags: allTags
    name: 'lscontent${token}'
    isPrivate: isPrivate
    shareNames: stagingSlot ? ['app', 'app-staging'] : ['app']
    vaultName: vaultName
  }
  dependsOn: [vault]
}

module scheduler 'modules/scheduler.bicep' = if (useScheduler) {
  params: {
    location: location
    tags: allTags
    name: schedulerName
    sku: schedulerSku
    hubNames: stagingSlot ? [hubName, slotHubName] : [hubName]
  }
}

module access 'modules/access.bicep' = {
  params: {
    principalId: identity.properties.principalId
    identityName: identity.name
    hostStorageName: hostStorageName
    recordsStorageName: recordsStorageName
    vaultName: vaultName
    schedulerName: useScheduler ? schedulerName : ''
  }
  dependsOn: [hostStorage, recordsStorage, vault, scheduler]
}

module privateNetwork 'modules/network.bicep' = if (isPrivate) {
  params: {
    location: location
    tags: allTags
    name: name
    range: network
  }
}

module privateEndpoints 'modules/privateEndpoints.bicep' = if (isPrivate) {
  params: {
    location: location
    tags: allTags
    networkId: privateNetwork!.outputs.id
    subnetId: privateNetwork!.outputs.endpointSubnetId
    targets: concat(
      [
        { name: 'host', resourceId: hostStorage.outputs.id, group: 'blob' }
        { name: 'host', resourceId: hostStorage.outputs.id, group: 'queue' }
        { name: 'host', resourceId: hostStorage.outputs.id, group: 'table' }
        { name: 'records', resourceId: recordsStorage.outputs.id, group: 'blob' }
        { name: 'records', resourceId: recordsStorage.outputs.id, group: 'table' }
        { name: 'vault', resourceId: vault.outputs.id, group: 'vault' }
      ],
      isElastic ? [{ name: 'content', resourceId: contentShare!.outputs.id, group: 'file' }] : []
    )
  }
}

// docs/runbook.md explains each; tests hold the names to what the code reads.
var appSettings = union(
  {
    FUNCTIONS_EXTENSION_VERSION: '~4'
    FUNCTIONS_WORKER_RUNTIME: 'dotnet-isolated'
    WEBSITE_RUN_FROM_PACKAGE: '1'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    AzureWebJobsStorage__accountName: hostStorageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identity.properties.clientId
    AZURE_CLIENT_ID: identity.properties.clientId
    Records__AccountName: recordsStorageName
    Records__EndpointSuffix: environment().suffixes.storage
    Records__ManagedIdentityClientId: identity.properties.clientId
    Records__TablePrefix: recordsTablePrefix
    KeyVault__Uri: vault.outputs.uri
    Ldap__Client: ldapClient
    Access__SignIn: empty(signInClientId) ? 'keys' : 'appService'
    SignIn__TrustedProxies: '1'
    SyncSchedule: syncSchedule
    PurgeSchedule: purgeSchedule
    NotificationSchedule: notificationSchedule
  },
  empty(signInClientId) ? {} : { OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identity.properties.clientId },
  useScheduler
    ? {
        DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${scheduler!.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${identity.properties.clientId}'
        AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
        AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
      }
    : {},
  isElastic
    ? {
        WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: '@Microsoft.KeyVault(SecretUri=${contentShare!.outputs.secretUri})'
        WEBSITE_SKIP_CONTENTSHARE_VALIDATION: '1'
      }
    : {}
)

// A slot shares the host storage, so it needs a task hub of its own, and its timers must stand still. The host's id would else be the first 32
// characters of the site's name: the same for both, and of two hosts with one id one stops.
var slotSettings = union(
  { AzureFunctionsJobHost__extensions__durableTask__hubName: slotHubName, AzureFunctionsWebHost__hostid: 'ldapsync-staging' },
  toObject(timerFunctions, item => 'AzureWebJobs.${item}.Disabled', item => 'true'),
  isElastic ? { WEBSITE_CONTENTSHARE: 'app-staging' } : {}
)

var productionSettings = union(
  stagingSlot ? { AzureFunctionsJobHost__extensions__durableTask__hubName: hubName, AzureFunctionsWebHost__hostid: 'ldapsync' } : {},
  isElastic ? { WEBSITE_CONTENTSHARE: 'app' } : {}
)

module app 'modules/app.bicep' = {
  params: {
    location: location
    tags: allTags
    appTags: { 'azd-service-name': 'sync' }
    planName: 'plan-${name}'
    plan: plan
    siteName: siteName
    slotName: slotName
    identityId: identity.id
    subnetId: isPrivate ? privateNetwork!.outputs.appSubnetId : ''
    settings: appSettings
    slotSettings: slotSettings
    productionSettings: productionSettings
    healthPath: '/api/health/live'
  }
  // The app reads its storage and vault as soon as it starts.
  dependsOn: [access, privateEndpoints]
}

module signIn 'modules/signIn.bicep' = if (!empty(signInClientId)) {
  params: {
    siteName: siteName
    slotName: slotName
    clientId: signInClientId
  }
  dependsOn: [app]
}

module relay 'modules/relay.bicep' = if (!isPrivate) {
  params: {
    location: location
    tags: allTags
    name: relayName
    endpoints: directoryEndpoints
  }
}

module relayLinks 'modules/relayLink.bicep' = [
  for target in directoryEndpoints: if (!isPrivate) {
    params: {
      siteName: siteName
      slotName: slotName
      namespaceName: relayName
      target: target
    }
    dependsOn: [app, relay]
  }
]

module alerts 'modules/alerts.bicep' = {
  params: {
    location: location
    tags: allTags
    name: name
    emails: alertEmails
    insightsId: monitoring.outputs.insightsId
    recordsStorageId: recordsStorage.outputs.id
    hostStorageId: hostStorage.outputs.id
    successWithinHours: successWithinHours
  }
}

@description('Name of the Function App: for publishing and for function keys.')
output functionAppName string = siteName

@description('Base address of the API and the pages.')
output functionAppUrl string = 'https://${app.outputs.hostName}'

@description('Address of the staging slot; empty without one.')
output stagingUrl string = empty(slotName) ? '' : 'https://${app.outputs.slotHostName}'

@description('Object id of the app identity: subject of the federated credential of the app registration.')
output identityPrincipalId string = identity.properties.principalId

@description('Relay namespace for the Hybrid Connection Manager; empty with a virtual network.')
output relayNamespace string = isPrivate ? '' : relayName

@description('Storage account of the records: for backup.')
output recordsAccountName string = recordsStorageName

@description('Prefix of the records tables: for backup.')
output recordsTablePrefix string = recordsTablePrefix

@description('Key Vault of the directory passwords.')
output vaultName string = vaultName
