// Elastic Premium alone: the file share that holds the app's content. Azure Files knows no managed identity here, so this
// account, and no other, has a key; the key stays in Key Vault and the app's settings point at it.

import { tagSet } from 'types.bicep'

param location string
param tags tagSet

@minLength(3)
@maxLength(24)
param name string

param isPrivate bool
param shareNames string[]
param vaultName string

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: true
    allowCrossTenantReplication: false
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: 'None'
    }
  }
}

resource files 'Microsoft.Storage/storageAccounts/fileServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource shares 'Microsoft.Storage/storageAccounts/fileServices/shares@2025-06-01' = [
  for share in shareNames: {
    parent: files
    name: share
    properties: { shareQuota: 5 }
  }
]

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource connection 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  parent: vault
  name: 'content-share-connection'
  properties: {
    contentType: 'Connection string of the content share; set by the deployment'
    value: 'DefaultEndpointsProtocol=https;AccountName=${account.name};AccountKey=${account.listKeys().keys[0].value};EndpointSuffix=${environment().suffixes.storage}'
  }
}

output id string = account.id
output secretUri string = connection.properties.secretUri
