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
    /// <summary>At most this many entries, then the search ends (for samples and look-ups); 0: no limit of ours.</summary>
    public int SizeLimit { get; init; }
}
