using 'main.bicep'

// Two instances over zones, zone- and geo-redundant records, sign-in with Entra ID, a staging slot.
param environmentName = 'prod'
param plan = { sku: 'P0v3', instances: 2, zoneRedundant: true }
param directoryEndpoints = [
  { host: 'dc1.corp.example', port: 636 }
  { host: 'dc2.corp.example', port: 636 }
]
param stagingSlot = true
// ./dev deploy makes the registration and passes its id; here it only shows the shape.
param signInClientId = '11111111-1111-1111-1111-111111111111'
param recordsReplication = 'Standard_GZRS'
param recordsLocked = true
param alertEmails = ['ldap-operations@corp.example']
param successWithinHours = 24
param logRetentionDays = 90
param logDailyQuotaGb = 2
