namespace LdapSync.TestBed;

/// <summary>The configuration of a <see cref="Samba"/>: LDAP and Kerberos on one address, and nothing else.</summary>
internal static class SambaFiles
{
    public static void Write(string folder, string address, StrongAuthentication strong)
    {
        Directory.CreateDirectory(Path.Combine(folder, "run", "winbindd"));
        SetMode(Path.Combine(folder, "run", "winbindd"), "755");
        File.WriteAllText(Path.Combine(folder, "dc", "etc", "smb.conf"), Configuration(folder, address, strong));
    }

    public static void SetMode(string path, string octal)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));
        }
    }

    private static string Configuration(string folder, string address, StrongAuthentication strong)
    {
        var required = strong switch
        {
            StrongAuthentication.Yes => "yes",
            StrongAuthentication.AllowSaslOverTls => "allow_sasl_over_tls",
            _ => "no",
        };
        return $"""
            [global]
              netbios name = DC1
              realm = {Samba.Realm}
              workgroup = {Samba.Domain}
              server role = active directory domain controller
              server services = ldap, kdc
              interfaces = {address}/8
              bind interfaces only = yes
              kpasswd port = 0
              private dir = {folder}/dc/private
              state directory = {folder}/dc/state
              cache directory = {folder}/dc/cache
              lock directory = {folder}/dc
              binddns dir = {folder}/dc/bind-dns
              pid directory = {folder}/run
              ncalrpc dir = {folder}/run/ncalrpc
              winbindd socket directory = {folder}/run/winbindd
              ntp signd socket directory = {folder}/run/ntp_signd
              posix:eadb = {folder}/dc/eadb.tdb
              nbt port = 0
              log file = {folder}/log.%m
              log level = 0
              max log size = 0
              tls enabled = yes
              tls keyfile = {folder}/tls/dc.key
              tls certfile = {folder}/tls/dc.crt
              tls cafile = {folder}/tls/ca.crt
              ldap server require strong auth = {required}
              ntlm auth = ntlmv2-only
              dns update command = /bin/true
              spn update command = /bin/true
              samba kcc command = /bin/true
              gpo update command = /bin/true

            """;
    }
}
