// App Service authentication (Entra ID). Which app role may call what is decided in the app; here everybody without a
// token of this tenant for this app is turned away.

param siteName string

@description('Empty: no slot.')
param slotName string

@description('Application (client) id of the app registration.')
param clientId string

var authentication = {
  platform: { enabled: true, runtimeVersion: '~1' }
  globalValidation: {
    requireAuthentication: true
    unauthenticatedClientAction: 'RedirectToLoginPage'
    redirectToProvider: 'azureactivedirectory'
  }
  httpSettings: { requireHttps: true }
  identityProviders: {
    azureActiveDirectory: {
      enabled: true
      registration: {
        clientId: clientId
        openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        // No secret: the app's managed identity signs the assertion.
        clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
      }
      validation: {
        allowedAudiences: ['api://${clientId}', clientId]
      }
    }
  }
  login: { tokenStore: { enabled: false } }
}

resource site 'Microsoft.Web/sites@2025-03-01' existing = {
  name: siteName

  resource slot 'slots' existing = if (!empty(slotName)) {
    name: empty(slotName) ? 'none' : slotName
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'authsettingsV2'
  properties: authentication
}

resource slotSettings 'Microsoft.Web/sites/slots/config@2025-03-01' = if (!empty(slotName)) {
  parent: site::slot
  name: 'authsettingsV2'
  properties: authentication
}
