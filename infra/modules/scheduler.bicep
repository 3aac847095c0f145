// Durable Task Scheduler: the managed back end for durable state, instead of queues and tables of the host storage.

import { tagSet } from 'types.bicep'

param location string
param tags tagSet

@minLength(3)
@maxLength(64)
param name string

@allowed(['Consumption', 'Dedicated'])
param sku string

param hubNames string[]

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: sku == 'Dedicated' ? { name: sku, capacity: 1 } : { name: sku }
    // Every call carries an Entra token; an empty list would refuse everybody.
    ipAllowlist: ['0.0.0.0/0']
  }
}

resource hubs 'Microsoft.DurableTask/schedulers/taskHubs@2025-11-01' = [
  for hub in hubNames: {
    parent: scheduler
    name: hub
  }
]

output name string = scheduler.name
output endpoint string = scheduler.properties.endpoint
