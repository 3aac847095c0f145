namespace LdapSync.TestBed;

/// <summary>How a <see cref="Slapd"/> is set up.</summary>
public sealed record SlapdOptions
{
    /// <summary>Entries below <c>dc=example,dc=test</c> in LDIF (RFC 2849), loaded with slapadd before the server starts. The suffix, <c>ou=svc</c>
    /// and the service accounts are there already.</summary>
    public string Ldif { get; init; } = "";

    /// <summary>Writes more LDIF, for data that is too big for a string.</summary>
    public Action<TextWriter>? WriteLdif { get; init; }

    /// <summary>Lines for the server's <c>slapd.conf</c> in the section of the database.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>Access directives that go before the server's own: all read everything but passwords.</summary>
    public string Access { get; init; } = "";
}
