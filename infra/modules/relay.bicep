// Azure Relay: one Hybrid Connection per endpoint on the directory side.

import { endpoint, tagSet } from 'types.bicep'

param location string
param tags tagSet

@minLength(6)
@maxLength(50)
param name string

param endpoints endpoint[]

resource namespace 'Microsoft.Relay/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard' }
  properties: { publicNetworkAccess: 'Enabled' }
}

resource connections 'Microsoft.Relay/namespaces/hybridConnections@2024-01-01' = [
  for item in endpoints: {
    parent: namespace
    name: '${replace(toLower(item.host), '.', '-')}-${item.port}'
    properties: {
      requiresClientAuthorization: true
      // Read by App Service and by the Hybrid Connection Manager to know where the connection ends.
      userMetadata: string([{ key: 'endpoint', value: '${toLower(item.host)}:${item.port}' }])
    }
  }
]

// The manager on the directory side listens with this key ...
resource listeners 'Microsoft.Relay/namespaces/hybridConnections/authorizationRules@2024-01-01' = [
  for (item, i) in endpoints: {
    parent: connections[i]
    name: 'defaultListener'
    properties: { rights: ['Listen'] }
  }
]

// ... and App Service sends with this one.
resource senders 'Microsoft.Relay/namespaces/hybridConnections/authorizationRules@2024-01-01' = [
  for (item, i) in endpoints: {
    parent: connections[i]
    name: 'defaultSender'
    properties: { rights: ['Send'] }
  }
]

output name string = namespace.name
