using 'main.bicep'

// As prod, but the directory is reached over a virtual network, on Elastic Premium, with the Durable Task Scheduler:
// every option that prod leaves out.
param environmentName = 'prodnet'
param plan = { sku: 'EP1', instances: 2, zoneRedundant: false }
param directoryAccess = 'virtualNetwork'
param directoryEndpoints = [
  { host: 'dc1.corp.example', port: 636 }
]
param network = {
  addressPrefix: '10.90.0.0/24'
  appSubnetPrefix: '10.90.0.0/26'
  endpointSubnetPrefix: '10.90.0.64/26'
  dnsServers: ['10.10.0.4', '10.10.0.5']
  hubNetworkId: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/hub'
}
param durableBackend = 'DurableTaskScheduler'
param stagingSlot = true
param signInClientId = '11111111-1111-1111-1111-111111111111'
param recordsReplication = 'Standard_ZRS'
param recordsLocked = true
param alertEmails = ['ldap-operations@corp.example']
param logRetentionDays = 90
