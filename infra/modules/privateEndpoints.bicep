// Private endpoints and the DNS zones that lead the app to them.

import { tagSet } from 'types.bicep'

@export()
type privateTarget = {
  @description('Short name for the endpoint.')
  name: string

  @description('Resource id of the account or vault.')
  resourceId: string

  group: 'blob' | 'queue' | 'table' | 'file' | 'vault'
}

param location string
param tags tagSet
param networkId string
param subnetId string
param targets privateTarget[]

var storageSuffix = environment().suffixes.storage
var zoneOf = {
  blob: 'privatelink.blob.${storageSuffix}'
  queue: 'privatelink.queue.${storageSuffix}'
  table: 'privatelink.table.${storageSuffix}'
  file: 'privatelink.file.${storageSuffix}'
  vault: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
}
var groups = union(map(targets, target => target.group), [])

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for group in groups: {
    name: zoneOf[group]
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (group, i) in groups: {
    parent: zones[i]
    name: 'app-network'
    location: 'global'
    tags: tags
    properties: {
      virtualNetwork: { id: networkId }
      registrationEnabled: false
    }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for target in targets: {
    name: 'pe-${target.name}-${target.group}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        {
          name: target.group
          properties: {
            // Resource ids by type of the parameter; the rule does not look into objects.
            #disable-next-line use-resource-id-functions
            privateLinkServiceId: target.resourceId
            groupIds: [target.group]
          }
        }
      ]
    }
  }
]

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (target, i) in targets: {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: target.group
          properties: { privateDnsZoneId: zones[indexOf(groups, target.group)].id }
        }
      ]
    }
  }
]
