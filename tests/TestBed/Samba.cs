using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LdapSync.TestBed;

/// <summary>What a Samba domain controller asks of those who sign in, as its <c>ldap server require strong auth</c> names it.</summary>
public enum StrongAuthentication
{
    Yes,
    AllowSaslOverTls,
    No,
}

/// <summary>
/// A Samba Active Directory domain controller of one's own, realm <c>EXAMPLE.TEST</c>. It needs root, for Samba insists on ports 389, 636 and 88, but
/// each has a loopback address to itself, so several run side by side. The loaded domain is made once per machine and kept as an archive.
/// </summary>
public sealed class Samba : IAsyncDisposable
{
    public const string Realm = "EXAMPLE.TEST";
    public const string Domain = "EXAMPLE";
    public const string Suffix = "DC=example,DC=test";
    public const string HostName = "dc1.example.test";
    public const string AdministratorLogin = $"Administrator@{Realm}";
    public const string AdministratorPassword = "Adm1n-Secret-42";

    /// <summary>May read everything, and changes by DirSync ("Replicating Directory Changes").</summary>
    public const string ReaderLogin = "reader@example.test";
    public const string ReaderPassword = "Reader-Secret-42";

    private readonly TemporaryFolder folder;
    private readonly StrongAuthentication strong;
    private ServerProcess? process;

    private Samba(TemporaryFolder folder, StrongAuthentication strong)
    {
        (this.folder, this.strong) = (folder, strong);
        Address = SambaAddresses.Free();
    }

    /// <summary>The loopback address with ports 389 (LDAP), 636 (LDAPS) and 88 (Kerberos).</summary>
    public string Address { get; }

    /// <summary>PEM of the authority that issued the server's certificate, which is for dc1.example.test and localhost.</summary>
    public string AuthorityPem => File.ReadAllText(Path.Combine(folder.Path, "tls", "ca.crt"));

    public string DatabaseFile => Path.Combine(folder.Path, "dc", "private", "sam.ldb");

    private string ConfigurationFile => Path.Combine(folder.Path, "dc", "etc", "smb.conf");

    public static async Task<Samba> StartAsync(StrongAuthentication strong = StrongAuthentication.Yes)
    {
        var archive = await SambaArchive.GetAsync().ConfigureAwait(false);
        var samba = new Samba(Repository.NewFolder("samba"), strong);
        try
        {
            await Command.RunAsync("tar", ["-C", samba.folder.Path, "-xf", archive]).ConfigureAwait(false);
            await samba.StartAgainAsync().ConfigureAwait(false);
            return samba;
        }
        catch
        {
            await samba.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a server over a folder that was provisioned.</summary>
    internal static Samba Over(TemporaryFolder folder) => new(folder, StrongAuthentication.Yes);

    public async Task StartAgainAsync()
    {
        SambaFiles.Write(folder.Path, Address, strong);
        process = ServerProcess.Start("/usr/sbin/samba", ["-F", "--no-process-group", "-s", ConfigurationFile], folder.Path);
        await process.WaitUntilReadyAsync(async () =>
        {
            try
            {
                await Command.RunAsync("ldapsearch", ["-x", "-LLL", "-H", $"ldap://{Address}", "-s", "base", "-b", "", "defaultNamingContext"])
                    .ConfigureAwait(false);
                using var kerberos = new TcpClient();
                await kerberos.ConnectAsync(Address, 88).ConfigureAwait(false);
                using var tls = new TcpClient();
                await tls.ConnectAsync(Address, 636).ConfigureAwait(false);
                return true;
            }
            catch (Exception exception) when (exception is InvalidOperationException or SocketException)
            {
                return false;
            }
        }).ConfigureAwait(false);
    }

    public async Task StopAsync()
    {
        if (process is { HasExited: false })
        {
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync().ConfigureAwait(false);
            await process.WaitForExitAsync().ConfigureAwait(false);
        }

        if (process is not null)
        {
            await process.DisposeAsync().ConfigureAwait(false);
            process = null;
        }
    }

    /// <summary>Applies LDIF change records (RFC 2849) as Administrator; records without changetype are added.</summary>
    public Task ModifyAsync(string ldif) => Command.RunAsync(
        "ldapmodify", ["-x", "-a", "-H", $"ldaps://{Address}", "-D", AdministratorLogin, "-w", AdministratorPassword], ldif, WithoutChecks);

    /// <summary>Runs ldapsearch as Administrator and returns what it prints with <c>-LLL -o ldif-wrap=no</c>.</summary>
    public Task<string> SearchAsync(params string[] arguments) => Command.RunAsync(
        "ldapsearch",
        ["-x", "-LLL", "-o", "ldif-wrap=no", "-H", $"ldaps://{Address}", "-D", AdministratorLogin, "-w", AdministratorPassword, .. arguments],
        environment: WithoutChecks);

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        folder.Dispose();
    }

    private static readonly Dictionary<string, string> WithoutChecks = new() { ["LDAPTLS_REQCERT"] = "never" };
}

/// <summary>Loopback addresses whose LDAP port is free.</summary>
internal static class SambaAddresses
{
    private static readonly HashSet<string> Given = [];

    public static string Free()
    {
        for (var last = 1; last < 250; last++)
        {
            var address = $"127.88.0.{last}";
            lock (Given)
            {
                if (!Given.Contains(address) && IsFree(address))
                {
                    Given.Add(address);
                    return address;
                }
            }
        }

        throw new InvalidOperationException("No loopback address has a free port 389: Samba needs root and this port.");
    }

    private static bool IsFree(string address)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Parse(address), 389);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
