using System.Diagnostics;
using System.Text;

namespace LdapSync.TestBed;

/// <summary>
/// An OpenLDAP server of one's own, without root or systemd: suffix <c>dc=example,dc=test</c>, overlays memberof, refint, syncprov and ppolicy,
/// TLS from a <see cref="TestAuthority"/>. It keeps its ports and data when it is stopped and started again.
/// </summary>
public sealed partial class Slapd : IAsyncDisposable
{
    public const string Suffix = "dc=example,dc=test";
    public const string RootName = $"cn=admin,{Suffix}";
    public const string RootPassword = "admin-secret";

    /// <summary>A service account that reads everything without limits.</summary>
    public const string ReaderName = $"uid=reader,ou=svc,{Suffix}";
    public const string ReaderPassword = "reader-secret";

    /// <summary>A service account whose searches end after 500 entries, and after 1000 per page.</summary>
    public const string LimitedName = $"uid=limited,ou=svc,{Suffix}";
    public const string LimitedPassword = "limited-secret";

    private readonly TemporaryFolder folder;
    private ServerProcess? process;

    private Slapd(TemporaryFolder folder, TestAuthority authority)
    {
        this.folder = folder;
        Authority = authority;
    }

    public int Port { get; } = Ports.Free();

    public int TlsPort { get; } = Ports.Free();

    /// <summary>The authority that issued the server's certificate, which is for localhost, ldap.example.test and 127.0.0.1.</summary>
    public TestAuthority Authority { get; }

    public string AuthorityFile => Path.Combine(folder.Path, "ca.crt");

    public string Url => $"ldap://127.0.0.1:{Port}";

    public string TlsUrl => $"ldaps://127.0.0.1:{TlsPort}";

    public static async Task<Slapd> StartAsync(SlapdOptions? options = null)
    {
        options ??= new SlapdOptions();
        var slapd = new Slapd(Repository.NewFolder("slapd"), new TestAuthority());
        try
        {
            slapd.WriteFiles(options);
            await slapd.LoadAsync(options).ConfigureAwait(false);
            await slapd.StartAgainAsync().ConfigureAwait(false);
            return slapd;
        }
        catch
        {
            await slapd.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts the stopped server on the same ports with the same data.</summary>
    public async Task StartAgainAsync()
    {
        // -d 0 keeps it in the foreground, as our child.
        process = ServerProcess.Start(
            Program("slapd"), ["-d", "0", "-f", ConfigurationFile, "-h", $"{Url}/ {TlsUrl}/"], folder.Path);
        await process.WaitForPortAsync(Port).ConfigureAwait(false);
        await process.WaitForPortAsync(TlsPort).ConfigureAwait(false);
    }

    /// <summary>Replaces all data by other data, on the same ports.</summary>
    public async Task ReloadAsync(SlapdOptions options)
    {
        await StopAsync().ConfigureAwait(false);
        Directory.Delete(Path.Combine(folder.Path, "db"), recursive: true);
        Directory.CreateDirectory(Path.Combine(folder.Path, "db"));
        await LoadAsync(options).ConfigureAwait(false);
        await StartAgainAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the server as an administrator would.</summary>
    public async Task StopAsync()
    {
        if (process is { HasExited: false })
        {
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync().ConfigureAwait(false);
            await process.WaitForExitAsync().ConfigureAwait(false);
        }

        await KillAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the server as a crash would.</summary>
    public async Task KillAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync().ConfigureAwait(false);
            process = null;
        }
    }

    /// <summary>Applies LDIF change records (RFC 2849) as the root user; records without changetype are added.</summary>
    /// <exception cref="InvalidOperationException">ldapmodify failed; with what it printed.</exception>
    public Task ModifyAsync(string ldif) =>
        Command.RunAsync("ldapmodify", ["-x", "-a", "-H", Url, "-D", RootName, "-w", RootPassword], ldif);

    /// <summary>Runs ldapsearch as the root user and returns what it prints with <c>-LLL -o ldif-wrap=no</c>.</summary>
    public Task<string> SearchAsync(params string[] arguments) =>
        Command.RunAsync("ldapsearch", ["-x", "-LLL", "-o", "ldif-wrap=no", "-H", Url, "-D", RootName, "-w", RootPassword, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        Authority.Dispose();
        folder.Dispose();
    }

    private string ConfigurationFile => Path.Combine(folder.Path, "slapd.conf");

    private async Task LoadAsync(SlapdOptions options)
    {
        var file = Path.Combine(folder.Path, "data.ldif");
        var writer = new StreamWriter(file, append: false, new UTF8Encoding(false));
        await using (writer.ConfigureAwait(false))
        {
            await writer.WriteAsync(BaseEntries).ConfigureAwait(false);
            await writer.WriteAsync(options.Ldif).ConfigureAwait(false);
            options.WriteLdif?.Invoke(writer);
        }

        await Command.RunAsync(Program("slapadd"), ["-q", "-f", ConfigurationFile, "-b", Suffix, "-l", file]).ConfigureAwait(false);
        File.Delete(file);
    }

    // Ubuntu's AppArmor profile keeps the program at this path out of temporary folders; a copy of it has no profile.
    private string Program(string name)
    {
        var program = $"/usr/sbin/{name}";
        if (!File.Exists("/etc/apparmor.d/usr.sbin.slapd"))
        {
            return File.Exists(program) ? program : name;
        }

        var copy = Path.Combine(folder.Path, name);
        if (!File.Exists(copy))
        {
            File.Copy(program, copy);
        }

        return copy;
    }
}
