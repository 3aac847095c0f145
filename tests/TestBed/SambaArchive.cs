using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LdapSync.TestBed;

/// <summary>
/// The loaded domain as an archive under <c>~/.cache/ldapsync</c>. Provisioning takes ten seconds and loading longer; unpacking a fraction of one.
/// The name holds a hash of what goes in, so that a changed test bed makes a new archive.
/// </summary>
internal static class SambaArchive
{
    // Goes up when the code below changes what is loaded.
    private const string Version = "1";

    private static readonly SemaphoreSlim Making = new(1);

    public static async Task<string> GetAsync()
    {
        await Making.WaitAsync().ConfigureAwait(false);
        try
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var cache = Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache"), "ldapsync");
            Directory.CreateDirectory(cache);
            var archive = Path.Combine(cache, $"samba-{await KeyAsync().ConfigureAwait(false)}.tar");
            using var lockFile = await LockAsync(Path.Combine(cache, "samba.lock")).ConfigureAwait(false);
            if (!File.Exists(archive))
            {
                await MakeAsync(archive).ConfigureAwait(false);
            }

            return archive;
        }
        finally
        {
            Making.Release();
        }
    }

    private static async Task<string> KeyAsync()
    {
        if (!File.Exists("/usr/sbin/samba"))
        {
            throw new FileNotFoundException("Samba is not installed: run './dev setup'.", "/usr/sbin/samba");
        }

        var samba = await Command.RunAsync("/usr/sbin/samba", ["--version"]).ConfigureAwait(false);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(samba + Version + SambaDirectory.Ldif()));
        return Convert.ToHexStringLower(hash)[..16];
    }

    /// <summary>Test processes that start at the same time make one archive between them.</summary>
    private static async Task<FileStream> LockAsync(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(200).ConfigureAwait(false);
            }
        }
    }

    private static async Task MakeAsync(string archive)
    {
        var folder = Repository.NewFolder("samba");
        WriteCertificates(Path.Combine(folder.Path, "tls"));
        await ProvisionAsync(folder.Path).ConfigureAwait(false);
        var samba = Samba.Over(folder);
        await using (samba.ConfigureAwait(false))
        {
            await samba.StartAgainAsync().ConfigureAwait(false);
            await samba.ModifyAsync(SambaDirectory.Ldif()).ConfigureAwait(false);
            await samba.StopAsync().ConfigureAwait(false);
            await AllowDirSyncAsync(samba, folder.Path).ConfigureAwait(false);
            var draft = $"{archive}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
            await Command.RunAsync("tar", ["-C", folder.Path, "-cf", draft, "dc", "tls"]).ConfigureAwait(false);
            File.Move(draft, archive, overwrite: true);
        }
    }

    private static Task ProvisionAsync(string folder) => Command.RunAsync(
        "samba-tool",
        [
            "domain", "provision", $"--targetdir={folder}/dc", $"--realm={Samba.Realm}", $"--domain={Samba.Domain}",
            $"--adminpass={Samba.AdministratorPassword}", "--host-name=dc1", "--host-ip=127.0.0.1", "--server-role=dc", "--dns-backend=NONE",
            "--use-rfc2307", "--option=interfaces=lo", "--option=bind interfaces only=yes",
            // Files instead of extended attributes: not every file system has them.
            $"--option=posix:eadb={folder}/dc/eadb.tdb",
        ]);

    private static void WriteCertificates(string folder)
    {
        Directory.CreateDirectory(folder);
        using var authority = new TestAuthority("Test domain authority");
        var (certificate, key) = authority.Issue(Samba.HostName, [Samba.HostName, "localhost"]);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), authority.Pem);
        File.WriteAllText(Path.Combine(folder, "dc.crt"), certificate);
        File.WriteAllText(Path.Combine(folder, "dc.key"), key);
        SambaFiles.SetMode(Path.Combine(folder, "dc.key"), "600");
    }

    /// <summary>Gives the reader "Replicating Directory Changes" on the naming context, which DirSync without object security asks for.</summary>
    private static async Task AllowDirSyncAsync(Samba samba, string folder)
    {
        var answer = await Command.RunAsync("ldbsearch", ["-H", samba.DatabaseFile, "(sAMAccountName=reader)", "objectSid"]).ConfigureAwait(false);
        var sid = answer.Split('\n').First(line => line.StartsWith("objectSid: ", StringComparison.Ordinal))["objectSid: ".Length..].Trim();
        await Command.RunAsync(
            "samba-tool",
            [
                "dsacl", "set", $"--objectdn={Samba.Suffix}", "--action=allow", $"--sddl=(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;{sid})",
                "-H", samba.DatabaseFile, "-s", $"{folder}/dc/etc/smb.conf",
            ]).ConfigureAwait(false);
    }
}
