namespace LdapSync.Core.Filters;

/// <summary>The syntax of attribute descriptions (RFC 4512, section 2.5) and object identifiers (section 1.4).</summary>
public static class AttributeDescription
{
    /// <summary>Whether the text is an attribute description such as <c>cn</c>, <c>2.5.4.3</c> or <c>cn;lang-de</c>.</summary>
    public static bool IsValid(string text) => Check(text) is null;

    /// <summary>The first problem of an attribute description with its place, or null where there is none.</summary>
    internal static (int Index, string Problem)? Check(ReadOnlySpan<char> text)
    {
        var semicolon = text.IndexOf(';');
        var type = semicolon < 0 ? text : text[..semicolon];
        if (CheckIdentifier(type, "an attribute name") is { } problem)
            return problem;
        while (semicolon >= 0)
        {
            var start = semicolon + 1;
            var length = text[start..].IndexOf(';');
            var option = length < 0 ? text[start..] : text.Slice(start, length);
            if (option.IsEmpty)
                return (start, "Expected an option such as lang-de after ';'");
            if (FirstOther(option) is >= 0 and var bad)
                return (start + bad, "An attribute option has only letters, digits and hyphens");
            semicolon = length < 0 ? -1 : start + length;
        }

        return null;
    }

    /// <summary>The first problem of a short name or numeric object identifier.</summary>
    internal static (int Index, string Problem)? CheckIdentifier(ReadOnlySpan<char> text, string what)
    {
        if (text.IsEmpty)
            return (0, $"Expected {what}");
        if (char.IsAsciiDigit(text[0]))
            return CheckNumeric(text);
        if (!char.IsAsciiLetter(text[0]))
            return (0, $"Expected {what}, which begins with a letter");
        return FirstOther(text) is >= 0 and var bad ? (bad, $"Not allowed in {what}: only letters, digits and hyphens are") : null;
    }

    private static (int Index, string Problem)? CheckNumeric(ReadOnlySpan<char> text)
    {
        const string problem = "Not an object identifier such as 2.5.4.3";
        var arcs = 0;
        var start = 0;
        for (var index = 0; index <= text.Length; index++)
        {
            if (index < text.Length && char.IsAsciiDigit(text[index]))
                continue;
            if (index < text.Length && text[index] != '.')
                return (index, problem);
            if (index == start || (text[start] == '0' && index - start > 1))
                return (start, problem);
            arcs++;
            start = index + 1;
        }

        return arcs < 2 ? (0, problem) : null;
    }

    private static int FirstOther(ReadOnlySpan<char> text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsAsciiLetterOrDigit(text[index]) && text[index] != '-')
                return index;
        }

        return -1;
    }
}
