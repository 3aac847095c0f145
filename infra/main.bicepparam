using 'main.bicep'

// For azd: everything comes from the azd environment (azd env set NAME VALUE).
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param directoryEndpoints = [
  {
    host: readEnvironmentVariable('DIRECTORY_HOST', 'dc1.corp.example')
    port: int(readEnvironmentVariable('DIRECTORY_PORT', '636'))
  }
]
param signInClientId = readEnvironmentVariable('SIGN_IN_CLIENT_ID', '')
param alertEmails = empty(readEnvironmentVariable('ALERT_EMAIL', ''))
  ? []
  : [readEnvironmentVariable('ALERT_EMAIL', '')]
