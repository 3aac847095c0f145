using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LdapSync.Core.Entries;

/// <summary>
/// A distinguished name in string form (RFC 4514), the entry's own part first. Equality is without case, with
/// runs of spaces as one and the parts of a multi-valued name in any order: what directories do with the usual naming attributes
/// (caseIgnoreMatch), save Unicode normalization. Attribute types compare by the name that is written; <c>cn</c> and <c>2.5.4.3</c> are not told to be the same.
/// </summary>
public sealed class DistinguishedName : IEquatable<DistinguishedName>
{
    private readonly Lazy<string> normalized;

    internal DistinguishedName(IReadOnlyList<RelativeName> names)
    {
        Names = names;
        normalized = new(() => string.Join(',', Names.Select(name => name.Normalized)));
    }

    /// <summary>The empty name: the root of the tree.</summary>
    public static DistinguishedName Root { get; } = new([]);

    /// <summary>The relative names from the entry up.</summary>
    public IReadOnlyList<RelativeName> Names { get; }

    /// <summary>The name of the entry above; null for the root.</summary>
    public DistinguishedName? Parent => Names.Count == 0 ? null : new([.. Names.Skip(1)]);

    /// <summary>The text that equal names have in common.</summary>
    public string Normalized => normalized.Value;

    /// <summary>Reads a name. Beyond RFC 4514, spaces beside <c>,</c> <c>+</c> and <c>=</c> are passed over, as RFC 2253 asked.</summary>
    /// <exception cref="DistinguishedNameException">It is not a distinguished name.</exception>
    public static DistinguishedName Parse(string text) =>
        TryParse(text, out var name, out var error) ? name : throw error;

    /// <summary>As <see cref="Parse"/>, with the error as a value.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out DistinguishedName? name, [NotNullWhen(false)] out DistinguishedNameException? error)
    {
        var parser = new DistinguishedNameParser(text);
        name = parser.Parse();
        error = parser.Error;
        return name is not null;
    }

    /// <summary>A key to compare names by that come from a server: <see cref="Normalized"/>, or for what cannot be parsed the text in lower case.</summary>
    public static string KeyOf(string text) =>
        !NameEscape.IsPlain(text) && TryParse(text, out var name, out _) ? name.Normalized : text.Trim(' ').ToLowerInvariant();

    /// <summary>Whether this name is below the other one, or the same.</summary>
    public bool IsWithin(DistinguishedName other) =>
        Names.Count >= other.Names.Count
        && Names.Skip(Names.Count - other.Names.Count).Select(name => name.Normalized)
            .SequenceEqual(other.Names.Select(name => name.Normalized), StringComparer.Ordinal);

    public bool Equals(DistinguishedName? other) => other is not null && other.Normalized == Normalized;

    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    public override int GetHashCode() => Normalized.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name in string form, with only the escapes that are needed.</summary>
    public override string ToString() => string.Join(',', Names);
}

/// <summary>One level of a name: one attribute value, or several joined by <c>+</c>.</summary>
public sealed class RelativeName
{
    internal RelativeName(IReadOnlyList<NamePart> parts)
    {
        Parts = parts;
        Normalized = string.Join('+', parts.Select(part => part.Normalized).Order(StringComparer.Ordinal));
    }

    public IReadOnlyList<NamePart> Parts { get; }

    internal string Normalized { get; }

    public override string ToString() => string.Join('+', Parts);
}

/// <summary>An attribute type with its value.</summary>
/// <param name="Type">A name or an object identifier, as it is written.</param>
/// <param name="Value">The octets; where <paramref name="IsEncoded"/>, the BER encoding of the value (<c>#</c> form).</param>
public sealed record NamePart(string Type, ReadOnlyMemory<byte> Value, bool IsEncoded)
{
    /// <summary>The value as text; octets that are not UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Value.Span);

    internal string Normalized => Type.ToLowerInvariant() + "=" + NameEscape.Write(NameEscape.Normalize(this));

    /// <summary>The part in string form (RFC 4514, section 2.3).</summary>
    public override string ToString() => Type + "=" + NameEscape.Write(this);
}
