using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace LdapSync.Core.Settings;

/// <summary>A host with its port.</summary>
/// <param name="Host">A name, or an IP address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record ServerAddress(string Host, int Port)
{
    /// <summary>636 for TLS from the first byte, else 389.</summary>
    public static int DefaultPort(ConnectionSecurity security) => security == ConnectionSecurity.Ldaps ? 636 : 389;

    public bool IsIpAddress => IPAddress.TryParse(Host, out _);

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[IPv6]</c> or <c>[IPv6]:port</c>; several are separated by commas.</summary>
    /// <exception cref="FormatException">It is not such a list, or an empty one.</exception>
    public static IReadOnlyList<ServerAddress> ParseList(string text, int defaultPort) =>
        TryParseList(text, defaultPort, out var servers, out var problem) ? servers : throw new FormatException(problem);

    /// <summary>As <see cref="ParseList"/>, with the error as a sentence.</summary>
    public static bool TryParseList(
        string text, int defaultPort, [NotNullWhen(true)] out IReadOnlyList<ServerAddress>? servers, [NotNullWhen(false)] out string? problem)
    {
        servers = null;
        var list = new List<ServerAddress>();
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TryParse(item, defaultPort, out var server, out problem))
                return false;
            list.Add(server);
        }

        servers = list;
        problem = null;
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    private static bool TryParse(
        string text, int defaultPort, [NotNullWhen(true)] out ServerAddress? server, [NotNullWhen(false)] out string? problem)
    {
        server = null;
        if (text.Length == 0)
            return Fail("A server name is missing: write host or host:port, several separated by commas.", out problem);
        if (text.Contains("://", StringComparison.Ordinal))
            return Fail($"\"{text}\" is a URL: write host or host:port; what comes before :// is set under security.", out problem);
        var isBracketed = text[0] == '[';
        var end = isBracketed ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        if (isBracketed ? end == 0 : text.AsSpan().Count(':') > 1)
            return Fail($"\"{text}\": an IPv6 address stands in brackets, e.g. [2001:db8::1]:636.", out problem);
        var host = end < 0 ? text : text[..end];
        var rest = end < 0 ? "" : text[end..];
        if (isBracketed)
            host = host[1..^1];
        if (isBracketed ? !IsIpv6(host) : !IsHostName(host))
            return Fail($"\"{text}\" does not begin with a host name or an IP address.", out problem);
        var port = defaultPort;
        if (rest.Length > 0 && (rest[0] != ':' || !int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
            return Fail($"\"{text}\": after the colon a port from 1 to 65535 is expected.", out problem);
        server = new ServerAddress(host, port);
        problem = null;
        return true;
    }

    /// <summary>Whether the text is an IPv4 address or a name of labels with letters (of any script), digits, hyphens and underscores (RFC 1123, section 2.1).</summary>
    internal static bool IsHostName(string text)
    {
        if (text.Length is 0 or > 253)
            return false;
        if (text.All(character => char.IsAsciiDigit(character) || character == '.'))
            return text.Count(character => character == '.') == 3 && IPAddress.TryParse(text, out _);
        return (text[^1] == '.' ? text[..^1] : text).Split('.').All(label =>
            label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(character => char.IsLetterOrDigit(character) || character is '-' or '_'));
    }

    private static bool IsIpv6(string text) =>
        text.Contains(':', StringComparison.Ordinal) && text.All(character => char.IsAsciiHexDigit(character) || character is ':' or '.' or '%')
        && IPAddress.TryParse(text, out _);

    private static bool Fail(string text, out string problem)
    {
        problem = text;
        return false;
    }
}
