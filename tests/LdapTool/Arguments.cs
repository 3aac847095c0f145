using System.Globalization;
using LdapSync.Core.Settings;

namespace LdapSync.LdapTool;

/// <summary>The command line: <c>--name value</c> options, <c>--allow-clear-text</c>, and words.</summary>
internal sealed class Arguments
{
    private const string Help = """
        ldap search   reads entries and prints them as LDIF
        ldap probe    connects, signs in and says what the server is
        ldap bench    measures reading against ldapsearch
        ldap fuzz     gives mutated transcripts to the decoders

          --server HOST[:PORT][,...]   --security ldaps|startTls|none   --allow-clear-text
          --ca FILE      PEM of the authorities to trust      --pin HEX      SHA-256 of the server's certificate
          --tls-name N   the name in the certificate          --timeout S    seconds (default 30)
          --auth anonymous|basic|digest|external|ntlm|kerberos|negotiate     --login NAME
          --password-file FILE   (or the environment variable LDAPSYNC_PASSWORD)
          --client-certificate FILE   PEM of certificate and key (external)
          --kdc HOST[:PORT]   key distribution center         --target NAME  the server's own name (Kerberos)
        search:
          --base DN   --scope base|one|sub   --filter F   --page N   --limit N   and then attribute names
          ends with 0 when the read is proven complete, 2 when it is not, 1 when it failed
        bench:
          --users N (default 100000)   --runs N (default 5)
        fuzz:
          --executions N (default 5000000)   --seed N
        """;

    private readonly Dictionary<string, string> options = [];

    public List<string> Words { get; } = [];

    public static Arguments Parse(IReadOnlyList<string> line)
    {
        var arguments = new Arguments();
        for (var index = 0; index < line.Count; index++)
        {
            if (line[index] == "--allow-clear-text")
            {
                arguments.options["allow-clear-text"] = "true";
            }
            else if (!line[index].StartsWith("--", StringComparison.Ordinal))
            {
                arguments.Words.Add(line[index]);
            }
            else if (index + 1 < line.Count)
            {
                arguments.options[line[index][2..]] = line[++index];
            }
            else
            {
                throw new ArgumentException($"{line[index]} needs a value.");
            }
        }

        return arguments;
    }

    public static int PrintHelp()
    {
        Console.WriteLine(Help);
        return 64;
    }

    public string Text(string name, string otherwise = "") => options.GetValueOrDefault(name, otherwise);

    public int Number(string name, int otherwise) => !options.TryGetValue(name, out var text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ArgumentException($"--{name} is a number.");

    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum => !options.TryGetValue(name, out var text) ? otherwise
        : Enum.TryParse<T>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice) ? choice
        : throw new ArgumentException($"--{name} is one of {string.Join(", ", Enum.GetNames<T>())}.");

    public ConnectionSettings Connection() => new()
    {
        ServerName = options.TryGetValue("server", out var server) ? server : throw new ArgumentException("--server is missing."),
        Security = Choice("security", ConnectionSecurity.Ldaps),
        AllowClearText = options.ContainsKey("allow-clear-text"),
        TrustedCertificates = options.TryGetValue("ca", out var ca) ? File.ReadAllText(ca) : null,
        PinnedCertificate = options.GetValueOrDefault("pin"),
        TlsName = options.GetValueOrDefault("tls-name"),
        AuthenticationType = Choice("auth", options.ContainsKey("login") ? AuthenticationType.Basic : AuthenticationType.Anonymous),
        AdministratorLogin = Text("login"),
        KeyDistributionCenter = options.GetValueOrDefault("kdc"),
        KerberosTarget = options.GetValueOrDefault("target"),
        ClientCertificateSecret = options.GetValueOrDefault("client-certificate"),
        TimeoutSeconds = Number("timeout", 30),
    };

    public string? Password() => options.TryGetValue("password-file", out var file)
        ? File.ReadAllText(file).TrimEnd('\r', '\n')
        : Environment.GetEnvironmentVariable("LDAPSYNC_PASSWORD");
}
