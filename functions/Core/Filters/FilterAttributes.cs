namespace LdapSync.Core.Filters;

/// <summary>What a filter looks at.</summary>
internal static class FilterAttributes
{
    /// <summary>The attributes that a filter names, each once.</summary>
    public static IEnumerable<string> Of(LdapFilter filter) => Parts(filter).Select(part => part switch
    {
        PresenceFilter presence => presence.Attribute,
        ComparisonFilter comparison => comparison.Attribute,
        SubstringFilter substring => substring.Attribute,
        ExtensibleFilter extensible => extensible.Attribute,
        _ => null,
    }).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The first part that <see cref="FilterEvaluator"/> cannot decide whatever the entry; null: there is none.</summary>
    public static LdapFilter? Undecidable(LdapFilter filter) => Parts(filter).FirstOrDefault(part => part is ExtensibleFilter extensible
        && (extensible.DnAttributes || extensible.Attribute is null
            || extensible.MatchingRule is not (null or FilterEvaluator.BitAnd or FilterEvaluator.BitOr)));

    /// <summary>Whether a part looks at the names of entries, too (<c>:dn:</c>).</summary>
    public static bool LooksAtNames(LdapFilter filter) => Parts(filter).Any(part => part is ExtensibleFilter { DnAttributes: true });

    private static IEnumerable<LdapFilter> Parts(LdapFilter filter) => filter switch
    {
        AndFilter and => and.Parts.SelectMany(Parts),
        OrFilter or => or.Parts.SelectMany(Parts),
        NotFilter not => Parts(not.Part),
        _ => [filter],
    };
}
