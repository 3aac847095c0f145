namespace LdapSync.Core.Reading;

/// <summary>The scope of a search (RFC 4511, section 4.5.1.2).</summary>
public enum SearchScope
{
    Base = 0,
    OneLevel = 1,
    Subtree = 2,
}

/// <summary>One paged search over a directory.</summary>
/// <param name="SearchBase">The distinguished name of the search base; empty for the root DSE.</param>
/// <param name="Scope">Which entries below the base are meant.</param>
/// <param name="Filter">The filter in string form (RFC 4515).</param>
/// <param name="Attributes">The attributes wanted. Empty: all user attributes.</param>
/// <param name="PageSize">Entries per page (RFC 2696), 1 to 5000; 0: no paging.</param>
public sealed record SearchRequest(
    string SearchBase,
    SearchScope Scope,
    string Filter,
    IReadOnlyList<string> Attributes,
    int PageSize = 1000)
{
    /// <summary>The object identifier of the control for <see cref="MatchedValues"/>.</summary>
    public const string MatchedValuesControl = "1.2.826.0.1.3344810.2.3";

    /// <summary>
    /// Filters of one condition each: of the attributes asked for, only values that match one of them (RFC 3876), so one for each attribute that is wanted whole,
    /// <c>(cn=*)</c>. Empty: all values, which a server or a client without the control gives in any case.
    /// </summary>
    public IReadOnlyList<string> MatchedValues { get; init; } = [];

    /// <summary>At most this many entries, then the search ends (for samples and look-ups); 0: no limit of ours.</summary>
    public int SizeLimit { get; init; }
}
