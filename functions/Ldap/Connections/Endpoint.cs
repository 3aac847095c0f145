using System.Globalization;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.Ldap.Connections;

/// <summary>A host and a port to dial.</summary>
internal sealed record Endpoint(string Host, int Port)
{
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Reads a server list: <c>host</c>, <c>host:port</c>, <c>[::1]:port</c>, comma-separated.</summary>
    /// <exception cref="DirectoryException">A part is not a host with an optional port, or there is none.</exception>
    public static IReadOnlyList<Endpoint> ParseList(ConnectionSettings connection)
    {
        var defaultPort = connection.Security == ConnectionSecurity.Ldaps ? 636 : 389;
        var parts = connection.ServerName.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0
            ? [.. parts.Select(part => Parse(part, defaultPort))]
            : throw Unreadable(connection.ServerName);
    }

    public static Endpoint Parse(string text, int defaultPort)
    {
        var bracket = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : 0;
        var colon = bracket < 0 ? -1 : text.IndexOf(':', bracket);
        if (bracket == 0 && colon >= 0 && text.IndexOf(':', colon + 1) >= 0)
        {
            colon = -1; // an IPv6 address without brackets
        }

        var host = (colon < 0 ? text : text[..colon]).Trim('[', ']');
        var port = defaultPort;
        var isPort = colon < 0
            || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536);
        return isPort && bracket >= 0 && Uri.CheckHostName(host) != UriHostNameType.Unknown ? new Endpoint(host, port) : throw Unreadable(text);
    }

    private static DirectoryException Unreadable(string text) => new(
        DirectoryFailure.UnknownHost, text, "connect", $"The server name '{text}' is not of the form host or host:port.");
}
