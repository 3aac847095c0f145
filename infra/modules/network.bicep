// Instead of Hybrid Connections: a virtual network that reaches the directory by VPN, ExpressRoute or peering, and private
// endpoints for storage and Key Vault.

import { networkRange, tagSet } from 'types.bicep'

param location string
param tags tagSet
param name string
param range networkRange

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${name}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [range.addressPrefix] }
    dhcpOptions: { dnsServers: range.dnsServers }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: range.appSubnetPrefix
          networkSecurityGroup: { id: closed.id }
          delegations: [
            {
              name: 'app-service'
              properties: { serviceName: 'Microsoft.Web/serverFarms' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: range.endpointSubnetPrefix
          networkSecurityGroup: { id: closed.id }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }

  resource app 'subnets' existing = {
    name: 'app'
  }

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

// Nothing on the internet may start a connection into these subnets.
resource closed 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-${name}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'nothing-from-the-internet'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource peering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = if (!empty(range.hubNetworkId)) {
  parent: network
  name: 'to-hub'
  properties: {
    remoteVirtualNetwork: { id: range.hubNetworkId }
    allowVirtualNetworkAccess: true
    allowForwardedTraffic: true
    useRemoteGateways: true
  }
}

output id string = network.id
output appSubnetId string = network::app.id
output endpointSubnetId string = network::endpoints.id
