using System.Text;

namespace LdapSync.Core.Filters;

/// <summary>The string form of a filter (RFC 4515).</summary>
internal static class FilterWriter
{
    public static string Write(LdapFilter filter)
    {
        var text = new StringBuilder();
        Append(text, filter);
        return text.ToString();
    }

    private static void Append(StringBuilder text, LdapFilter filter)
    {
        text.Append('(');
        switch (filter)
        {
            case AndFilter and:
                AppendList(text.Append('&'), and.Parts);
                break;
            case OrFilter or:
                AppendList(text.Append('|'), or.Parts);
                break;
            case NotFilter not:
                Append(text.Append('!'), not.Part);
                break;
            case PresenceFilter presence:
                text.Append(presence.Attribute).Append("=*");
                break;
            case ComparisonFilter comparison:
                text.Append(comparison.Attribute).Append(Sign(comparison.Kind)).Append(Value(comparison.Value));
                break;
            case SubstringFilter substring:
                AppendSubstring(text, substring);
                break;
            case ExtensibleFilter extensible:
                text.Append(extensible.Attribute).Append(extensible.DnAttributes ? ":dn" : "");
                text.Append(extensible.MatchingRule is { } rule ? ":" + rule : "").Append(":=").Append(Value(extensible.Value));
                break;
        }

        text.Append(')');
    }

    private static void AppendList(StringBuilder text, IReadOnlyList<LdapFilter> parts)
    {
        foreach (var part in parts)
            Append(text, part);
    }

    private static void AppendSubstring(StringBuilder text, SubstringFilter substring)
    {
        text.Append(substring.Attribute).Append('=');
        if (substring.Initial is { } initial)
            text.Append(Value(initial));
        text.Append('*');
        foreach (var piece in substring.Any)
            text.Append(Value(piece)).Append('*');
        if (substring.Final is { } final)
            text.Append(Value(final));
    }

    private static string Sign(ComparisonKind kind) => kind switch
    {
        ComparisonKind.GreaterOrEqual => ">=",
        ComparisonKind.LessOrEqual => "<=",
        ComparisonKind.Approximate => "~=",
        _ => "=",
    };

    private static string Value(ReadOnlyMemory<byte> value) => FilterEscape.EscapeText(value.Span);
}
