// Joins one Hybrid Connection to the app, and to its staging slot when there is one.

import { endpoint } from 'types.bicep'

param siteName string

@description('Empty: no slot.')
param slotName string

param namespaceName string
param target endpoint

var relayName = '${replace(toLower(target.host), '.', '-')}-${target.port}'

// https://NAME.servicebus.windows.net:443/ -> .servicebus.windows.net, whatever the cloud.
func suffixOf(url string) string => split(substring(url, indexOf(url, '.servicebus')), ':')[0]

resource namespace 'Microsoft.Relay/namespaces@2024-01-01' existing = {
  name: namespaceName

  resource connection 'hybridConnections' existing = {
    name: relayName

    resource sender 'authorizationRules' existing = {
      name: 'defaultSender'
    }
  }
}

resource link 'Microsoft.Web/sites/hybridConnectionNamespaces/relays@2025-03-01' = {
  // The middle part has no resource type of its own, so there is no parent to name.
  #disable-next-line use-parent-property
  name: '${siteName}/${namespaceName}/${relayName}'
  properties: {
    serviceBusNamespace: namespaceName
    serviceBusSuffix: suffixOf(namespace.properties.serviceBusEndpoint)
    relayName: relayName
    relayArmUri: namespace::connection.id
    hostname: toLower(target.host)
    port: target.port
    sendKeyName: namespace::connection::sender.name
    sendKeyValue: namespace::connection::sender.listKeys().primaryKey
  }
}

resource slotLink 'Microsoft.Web/sites/slots/hybridConnectionNamespaces/relays@2025-03-01' = if (!empty(slotName)) {
  #disable-next-line use-parent-property
  name: '${siteName}/${slotName}/${namespaceName}/${relayName}'
  properties: {
    serviceBusNamespace: namespaceName
    serviceBusSuffix: suffixOf(namespace.properties.serviceBusEndpoint)
    relayName: relayName
    relayArmUri: namespace::connection.id
    hostname: toLower(target.host)
    port: target.port
    sendKeyName: namespace::connection::sender.name
    sendKeyValue: namespace::connection::sender.listKeys().primaryKey
  }
}
