namespace LdapSync.Core.Entries;

/// <summary>A text is not a distinguished name (RFC 4514).</summary>
public sealed class DistinguishedNameException(string problem, int position)
    : FormatException($"{problem} (at character {position + 1})")
{
    /// <summary>What is wrong or expected, without the place.</summary>
    public string Problem { get; } = problem;

    /// <summary>Index into the text, from 0; the text's length where it ends too early.</summary>
    public int Position { get; } = position;
}
