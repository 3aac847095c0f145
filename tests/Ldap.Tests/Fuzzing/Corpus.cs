namespace LdapSync.Ldap.Tests.Fuzzing;

/// <summary>What servers really sent, as hexadecimal text beside the program.</summary>
internal static class Corpus
{
    public static IReadOnlyList<byte[]> Read() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Fuzzing", "corpus"), "*.hex").Order(StringComparer.Ordinal)
            .Select(file => Convert.FromHexString(string.Concat(File.ReadAllText(file).Where(char.IsAsciiHexDigit)))),
    ];
}
