using System.Diagnostics.CodeAnalysis;
using LdapSync.Core.Entries;

namespace LdapSync.Core.Filters;

/// <summary>
/// A search filter (RFC 4511, section 4.5.1.7) in its parts. <see cref="ToString"/> gives its string form (RFC 4515);
/// compare two filters by that text, not by the records, whose values are memory.
/// </summary>
public abstract record LdapFilter
{
    /// <summary>Expressions may stand in one another at most this deep.</summary>
    public const int MaximumDepth = 100;

    private protected LdapFilter()
    {
    }

    /// <summary>
    /// Reads a filter in string form. Beyond RFC 4515, white space around expressions is passed over, so that a long filter may be laid out in lines;
    /// a value that begins with <c>&lt;</c> or <c>&gt;</c> has to be escaped, because <c>(a=&gt;1)</c> is nearly always meant as <c>(a&gt;=1)</c>.
    /// </summary>
    /// <exception cref="FilterSyntaxException">It is not a filter.</exception>
    public static LdapFilter Parse(string text) => new FilterParser(text).Parse();

    /// <summary>As <see cref="Parse"/>, with the error as a value.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out LdapFilter? filter, [NotNullWhen(false)] out FilterSyntaxException? error)
    {
        try
        {
            filter = Parse(text);
            error = null;
            return true;
        }
        catch (FilterSyntaxException exception)
        {
            filter = null;
            error = exception;
            return false;
        }
    }

    /// <summary>Whether the filter is true for an entry; see <see cref="FilterEvaluator"/> for what is compared how.</summary>
    public bool Matches(DirectoryEntry entry) => FilterEvaluator.Evaluate(this, entry) == true;

    /// <summary>The filter in string form; it parses to the same filter.</summary>
    public sealed override string ToString() => FilterWriter.Write(this);
}

/// <summary>True where all parts are; without a part always true (RFC 4526).</summary>
public sealed record AndFilter(IReadOnlyList<LdapFilter> Parts) : LdapFilter;

/// <summary>True where any part is; without a part always false (RFC 4526).</summary>
public sealed record OrFilter(IReadOnlyList<LdapFilter> Parts) : LdapFilter;

public sealed record NotFilter(LdapFilter Part) : LdapFilter;

/// <summary>The entry has the attribute.</summary>
/// <param name="Attribute">An attribute description (RFC 4512, section 2.5), like all <c>Attribute</c> members here.</param>
public sealed record PresenceFilter(string Attribute) : LdapFilter;

public enum ComparisonKind
{
    Equal,
    GreaterOrEqual,
    LessOrEqual,
    Approximate,
}

public sealed record ComparisonFilter(string Attribute, ComparisonKind Kind, ReadOnlyMemory<byte> Value) : LdapFilter;

/// <summary>At least one of the pieces is there; none is empty. <c>**</c> in the text counts as <c>*</c>.</summary>
public sealed record SubstringFilter(
    string Attribute, ReadOnlyMemory<byte>? Initial, IReadOnlyList<ReadOnlyMemory<byte>> Any, ReadOnlyMemory<byte>? Final) : LdapFilter;

/// <summary>An extensible match; attribute or matching rule is given, or both.</summary>
public sealed record ExtensibleFilter(string? Attribute, string? MatchingRule, bool DnAttributes, ReadOnlyMemory<byte> Value) : LdapFilter;
