using System.Runtime.InteropServices;
using System.Text;
using LdapSync.Core.Settings;

namespace LdapSync.Ldap.Authentication;

/// <summary>
/// The Kerberos configuration of this process on Linux: key distribution centers from the directories' settings, over TCP, without asking DNS, ahead of the
/// machine's own <c>krb5.conf</c>. The system's library finds it through the process's environment, which <see cref="Prepare"/> sets; an
/// application calls it once at its very start, before it has other threads. On Windows the domain's own means apply and nothing is done.
/// </summary>
public static partial class KerberosEnvironment
{
    private const string Variable = "KRB5_CONFIG";
    private static readonly Lock Writing = new();
    private static readonly SortedDictionary<string, string> Centers = new(StringComparer.Ordinal);
    private static string? file;

    /// <summary>Points the process at a configuration of its own. Safe to call again.</summary>
    public static void Prepare()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        lock (Writing)
        {
            if (file is not null)
            {
                return;
            }

            file = Path.Combine(Directory.CreateTempSubdirectory("ldapsync-krb5-").FullName, "krb5.conf");
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
            Write();
            var machine = Environment.GetEnvironmentVariable(Variable) ?? "/etc/krb5.conf";

            // Environment.SetEnvironmentVariable changes .NET's copy of the environment only.
            if (SetEnvironment(Variable, $"{file}:{machine}", 1) != 0)
            {
                throw new InvalidOperationException($"The environment variable {Variable} cannot be set.");
            }
        }
    }

    /// <summary>Makes a realm's key distribution center known; without one the machine's own configuration has to know the realm.</summary>
    internal static void Add(string realm, string? center)
    {
        Prepare();
        if (OperatingSystem.IsWindows() || string.IsNullOrWhiteSpace(center))
        {
            return;
        }

        var endpoint = ServerAddress.ParseList(center, 88)[0];
        lock (Writing)
        {
            if (Centers.TryGetValue(realm, out var known) && known == $"{endpoint}")
            {
                return;
            }

            Centers[realm] = $"{endpoint}";
            Write();
        }
    }

    private static void Write()
    {
        var text = new StringBuilder("[libdefaults]\n dns_canonicalize_hostname = false\n rdns = false\n udp_preference_limit = 1\n[realms]\n");
        foreach (var (realm, center) in Centers)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $" {realm} = {{\n  kdc = {center}\n }}\n");
        }

        var draft = $"{file}.new";
        File.WriteAllText(draft, text.ToString());
        File.Move(draft, file!, overwrite: true);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
