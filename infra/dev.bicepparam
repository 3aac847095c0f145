using 'main.bicep'

// The smallest that shows everything: one Standard instance, function keys, one directory server.
param environmentName = 'dev'
param plan = { sku: 'S1', instances: 1, zoneRedundant: false }
param directoryEndpoints = [
  { host: 'dc1.corp.example', port: 636 }
]
param alertEmails = []
