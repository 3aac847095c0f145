// The plan and the Function App, with its staging slot.

import { hostingPlan, tagSet } from 'types.bicep'

param location string
param tags tagSet

@description('Tags of the app alone: how azd finds it.')
param appTags tagSet

param planName string
param plan hostingPlan

@minLength(2)
@maxLength(60)
param siteName string

@description('Empty: no slot.')
param slotName string

param identityId string

@description('Empty: not joined to a virtual network.')
param subnetId string

@description('The settings of app and slot alike.')
param settings { *: string }

@description('What the slot has otherwise; these names stay with their slot in a swap.')
param slotSettings { *: string }

@description('Settings that the app has and the slot has not, or otherwise; they too stay in a swap.')
param productionSettings { *: string }

@description('Path that App Service asks for to see whether an instance is well.')
param healthPath string

var isElastic = startsWith(plan.sku, 'EP')
var tiers = { S: 'Standard', P: 'PremiumV3', E: 'ElasticPremium' }

resource farm 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: isElastic ? 'elastic' : 'app'
  sku: {
    name: plan.sku
    tier: tiers[substring(plan.sku, 0, 1)]
    capacity: plan.instances
  }
  properties: {
    // False: Windows.
    reserved: false
    maximumElasticWorkerCount: isElastic ? max(plan.instances, 5) : null
    zoneRedundant: plan.zoneRedundant
  }
}

var siteProperties = {
  serverFarmId: farm.id
  httpsOnly: true
  clientAffinityEnabled: false
  publicNetworkAccess: 'Enabled'
  keyVaultReferenceIdentity: identityId
  virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
  outboundVnetRouting: empty(subnetId) ? null : { allTraffic: true, contentShareTraffic: isElastic }
  siteConfig: {
    netFrameworkVersion: 'v10.0'
    use32BitWorkerProcess: false
    // Elastic Premium keeps instances warm in its own way and refuses the switch.
    alwaysOn: !isElastic
    ftpsState: 'Disabled'
    minTlsVersion: '1.2'
    scmMinTlsVersion: '1.2'
    http20Enabled: true
    remoteDebuggingEnabled: false
    webSocketsEnabled: false
    cors: { allowedOrigins: [], supportCredentials: false }
    healthCheckPath: healthPath
    minimumElasticInstanceCount: isElastic ? min(plan.instances, 20) : null
    // Durable timers and queues are polled by the host; without this an Elastic Premium app would sleep through them.
    functionsRuntimeScaleMonitoringEnabled: isElastic && !empty(subnetId)
  }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: siteName
  location: location
  tags: union(tags, appTags)
  kind: 'functionapp'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: siteProperties

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, productionSettings)
  }

  resource sticky 'config' = if (!empty(slotName)) {
    name: 'slotConfigNames'
    properties: {
      appSettingNames: union(objectKeys(productionSettings), objectKeys(slotSettings))
    }
  }

  // Publishing goes through Entra identities; the old user name and password stay off.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource slot 'Microsoft.Web/sites/slots@2025-03-01' = if (!empty(slotName)) {
  parent: site
  name: empty(slotName) ? 'none' : slotName
  location: location
  tags: tags
  kind: 'functionapp'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: siteProperties

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, slotSettings)
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output id string = site.id
output name string = site.name
output hostName string = site.properties.defaultHostName
output slotHostName string = empty(slotName) ? '' : slot!.properties.defaultHostName
