namespace LdapSync.TestBed;

// The files of a Slapd: configuration, certificates, the entries that are always there.
public sealed partial class Slapd
{
    private const string BaseEntries =
        $"""
        dn: {Suffix}
        objectClass: dcObject
        objectClass: organization
        o: Example
        dc: example

        dn: ou=svc,{Suffix}
        objectClass: organizationalUnit
        ou: svc

        dn: {ReaderName}
        objectClass: inetOrgPerson
        uid: reader
        cn: reader
        sn: reader
        userPassword: {ReaderPassword}

        dn: {LimitedName}
        objectClass: inetOrgPerson
        uid: limited
        cn: limited
        sn: limited
        userPassword: {LimitedPassword}


        """;

    private void WriteFiles(SlapdOptions options)
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "db"));
        File.WriteAllText(AuthorityFile, Authority.Pem);
        var (certificate, key) = Authority.Issue("localhost", ["localhost", "ldap.example.test", "127.0.0.1"]);
        File.WriteAllText(Path.Combine(folder.Path, "server.crt"), certificate);
        File.WriteAllText(Path.Combine(folder.Path, "server.key"), key);
        File.WriteAllText(ConfigurationFile, Configuration(options));
    }

    private string Configuration(SlapdOptions options) =>
        $"""
        include   /etc/ldap/schema/core.schema
        include   /etc/ldap/schema/cosine.schema
        include   /etc/ldap/schema/nis.schema
        include   /etc/ldap/schema/inetorgperson.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        moduleload memberof
        moduleload refint
        moduleload syncprov
        moduleload ppolicy
        pidfile   {folder.Path}/slapd.pid
        argsfile  {folder.Path}/slapd.args
        loglevel  none
        threads   8
        sizelimit unlimited
        sortvals  member memberOf
        TLSCACertificateFile  {AuthorityFile}
        TLSCertificateFile    {folder.Path}/server.crt
        TLSCertificateKeyFile {folder.Path}/server.key
        TLSVerifyClient allow
        authz-regexp "^uid=([^,]+),cn=[^,]+,cn=auth$" "uid=$1,ou=svc,{Suffix}"
        authz-regexp "^cn=sync-client$" "{ReaderName}"

        database  mdb
        suffix    {Suffix}
        directory {folder.Path}/db
        maxsize   17179869184
        rootdn    {RootName}
        rootpw    {RootPassword}
        envflags  nosync writemap
        checkpoint 0 1
        index     objectClass,entryCSN,entryUUID eq
        index     uid,cn,mail,sn eq,sub
        index     member,memberOf eq
        index     modifyTimestamp,createTimestamp eq
        multival  member,memberOf 2000,1000
        limits dn.exact="{ReaderName}" time=unlimited size=unlimited size.pr=unlimited size.prtotal=unlimited
        limits dn.exact="{LimitedName}" size.soft=500 size.hard=500 size.pr=1000 size.prtotal=unlimited
        {options.Access}
        access to attrs=userPassword by anonymous auth by * none
        access to * by users read by anonymous read
        overlay memberof
        memberof-refint TRUE
        memberof-group-oc groupOfNames
        memberof-member-ad member
        memberof-memberof-ad memberOf
        overlay refint
        refint_attributes member manager
        refint_nothing "{RootName}"
        overlay ppolicy
        overlay syncprov
        syncprov-checkpoint 1000 10
        syncprov-sessionlog 10000
        {options.Configuration}
        """;
}
