// Shapes that several files share.

@export()
@description('One TCP endpoint on the directory side: a domain controller or LDAP server, or the KDC when Kerberos is used.')
type endpoint = {
  @description('DNS name as the app will ask for it. Never an IP address: the redirect happens when the name is looked up.')
  @minLength(4)
  @maxLength(200)
  host: string

  @description('636 for LDAPS, 389 for StartTLS, 88 for a KDC.')
  @minValue(1)
  @maxValue(65535)
  port: int
}

@export()
@description('Hosting plan. Windows only: Hybrid Connections exist on Windows plans alone.')
type hostingPlan = {
  @description('S1-S3 and P0v3-P3v3 are Dedicated plans (Always On); EP1-EP3 are Elastic Premium.')
  sku: 'S1' | 'S2' | 'S3' | 'P0v3' | 'P1v3' | 'P2v3' | 'P3v3' | 'EP1' | 'EP2' | 'EP3'

  @description('Instances that are always there.')
  @minValue(1)
  @maxValue(30)
  instances: int

  @description('Spread the instances over availability zones: P v3 and EP plans with two instances or more, in a region that has zones.')
  zoneRedundant: bool
}

@export()
@description('The virtual network, when the directory is reached through one instead of Hybrid Connections.')
type networkRange = {
  @description('At least a /25, free on the directory side.')
  addressPrefix: string

  @description('Subnet that the app sends from: at least a /27.')
  appSubnetPrefix: string

  @description('Subnet of the private endpoints: at least a /27.')
  endpointSubnetPrefix: string

  @description('DNS servers that know the directory names. They must forward unknown names to 168.63.129.16. Empty: Azure DNS.')
  dnsServers: string[]

  @description('Resource id of a hub network with the VPN or ExpressRoute gateway to peer with. Empty: connect it yourself.')
  hubNetworkId: string
}

@export()
@description('Tags by name.')
type tagSet = {
  *: string
}
