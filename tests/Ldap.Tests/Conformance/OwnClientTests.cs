namespace LdapSync.Ldap.Tests.Conformance;

public sealed class OwnClientTests(SlapdFixture slapd, SambaFixture samba) : ClientConformance("own", slapd, samba);
