using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;

namespace LdapSync.App.Sync;

internal static class Notes
{
    /// <summary>Rule U8: the entry is listed with its distinguished name.</summary>
    public static RunNote Of(EntryProblem problem) => new(
        "missingAttribute", Rule.MissingAttribute, problem.DistinguishedName, $"{problem.Field} ({problem.Attribute}): {problem.Message}");
}
