using LdapSync.Core.Filters;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;

namespace LdapSync.Ldap.Reading;

/// <summary>What searches have in common: their filter, and their name in messages.</summary>
internal static class SearchFilter
{
    public static string Operation(SearchRequest request) =>
        request.SearchBase.Length == 0 ? "search of the root DSE" : $"search in '{request.SearchBase}'";

    /// <exception cref="DirectoryException">The filter is not valid.</exception>
    public static LdapFilter Parse(LdapConnection connection, SearchRequest request)
    {
        try
        {
            return LdapFilter.Parse(request.Filter);
        }
        catch (FilterSyntaxException exception)
        {
            throw new DirectoryException(
                DirectoryFailure.InvalidRequest,
                $"{connection.Server}",
                Operation(request),
                $"The filter is not valid at position {exception.Position}: {exception.Message}",
                exception);
        }
    }
}
