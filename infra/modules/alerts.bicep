// Who is told when something needs a person. The app writes one log line with an event name for each of these; see
// docs/runbook.md for what to do about each.

import { tagSet } from 'types.bicep'

param location string
param tags tagSet
param name string
param emails string[]
param insightsId string
param recordsStorageId string
param hostStorageId string

@description('A run has to have succeeded within this many hours: N times the synchronization interval.')
@minValue(1)
@maxValue(48)
param successWithinHours int

type eventAlert = {
  key: string
  title: string
  eventName: string
  description: string
  severity: 0 | 1 | 2 | 3
}

var eventAlerts eventAlert[] = [
  {
    key: 'run-failed'
    title: 'A synchronization failed'
    eventName: 'RunFailed'
    description: 'The records are valid and unchanged or partly newer; the run says why it failed.'
    severity: 1
  }
  {
    key: 'guard-waiting'
    title: 'A run waits for approval'
    eventName: 'GuardWaiting'
    description: 'A run would remove more than its limits allow. Nothing is applied until somebody approves or rejects it.'
    severity: 1
  }
  {
    key: 'licence-shortage'
    title: 'Too few licences'
    eventName: 'LicenceShortage'
    description: 'A run left people without a licence of a product. Told once, and again when more people wait.'
    severity: 2
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'LdapSync'
    enabled: true
    emailReceivers: [
      for (email, i) in emails: {
        name: 'mail-${i + 1}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource events 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in eventAlerts: {
    name: 'alert-${name}-${alert.key}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'LdapSync: ${alert.title}'
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [insightsId]
      targetResourceTypes: ['microsoft.insights/components']
      evaluationFrequency: 'PT5M'
      windowSize: 'PT10M'
      criteria: {
        allOf: [
          {
            query: 'traces | where customDimensions.EventName == "${alert.eventName}"'
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: false
      muteActionsDuration: 'PT1H'
      actions: { actionGroups: [people.id] }
    }
  }
]

// Also speaks when the app does not run at all: the query always gives one row.
resource silence 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-${name}-no-success'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'LdapSync: no synchronization has succeeded lately'
    description: 'No run succeeded within ${successWithinHours} hours.'
    severity: 1
    enabled: true
    scopes: [insightsId]
    targetResourceTypes: ['microsoft.insights/components']
    evaluationFrequency: 'PT1H'
    windowSize: successWithinHours > 24 ? 'P2D' : 'P1D'
    criteria: {
      allOf: [
        {
          query: 'traces | where timestamp > ago(${successWithinHours}h) | where customDimensions.EventName == "RunSucceeded" | summarize Succeeded = count()'
          metricMeasureColumn: 'Succeeded'
          timeAggregation: 'Total'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [people.id] }
  }
}

resource throttling 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for account in [
    { key: 'records', id: recordsStorageId }
    { key: 'host', id: hostStorageId }
  ]: {
    name: 'alert-${name}-throttling-${account.key}'
    location: 'global'
    tags: tags
    properties: {
      description: 'The ${account.key} storage refuses requests because there are too many.'
      severity: 2
      enabled: true
      scopes: [account.id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: 'throttled'
            metricNamespace: 'Microsoft.Storage/storageAccounts'
            metricName: 'Transactions'
            timeAggregation: 'Total'
            operator: 'GreaterThan'
            threshold: 100
            dimensions: [
              {
                name: 'ResponseType'
                operator: 'Include'
                values: [
                  'ServerBusyError'
                  'ClientThrottlingError'
                  'ClientAccountRequestThrottlingError'
                  'ClientAccountBandwidthThrottlingError'
                ]
              }
            ]
          }
        ]
      }
      autoMitigate: true
      actions: [{ actionGroupId: people.id }]
    }
  }
]
