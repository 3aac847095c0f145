using System.Text.Json;

namespace LdapSync.Demo.Servers;

/// <summary>Where the servers are, told by the supervisor to the show.</summary>
/// <param name="Seconds">How long all took to start.</param>
internal sealed record ServerState(
    string AppUrl, string FunctionKey, string PagesKey, string LdapUrl, string LdapsServer, string AuthorityPem, string StorageConnectionString, double Seconds)
{
    public string ToLine() => JsonSerializer.Serialize(this);

    public static ServerState FromLine(string line) =>
        JsonSerializer.Deserialize<ServerState>(line) ?? throw new InvalidDataException("The supervisor told nothing.");
}
