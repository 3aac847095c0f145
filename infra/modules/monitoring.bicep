// Log Analytics and Application Insights.

import { tagSet } from 'types.bicep'

param location string
param tags tagSet
param name string

@description('Days that logs are kept.')
param retentionInDays int

@description('Gigabytes of logs a day after which ingestion stops until the next day: the cost limit.')
param dailyQuotaGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-${name}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionInDays
    workspaceCapping: { dailyQuotaGb: dailyQuotaGb }
    features: { enableLogAccessUsingOnlyResourcePermissions: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    // Client addresses stay masked: telemetry holds no personal data.
    DisableIpMasking: false
  }
}

output workspaceId string = workspace.id
output insightsName string = insights.name
output insightsId string = insights.id
