namespace LdapSync.Core.Filters;

/// <summary>A text is not a search filter (RFC 4515). The message says what was expected, at which character, and shows the text from there.</summary>
public sealed class FilterSyntaxException(string problem, string text, int position)
    : Exception($"{problem} ({Place(text, position)})")
{
    private const int ExcerptLength = 24;

    /// <summary>What is wrong or expected, without the place.</summary>
    public string Problem { get; } = problem;

    /// <summary>Index into the text, from 0, where a caret belongs; the text's length where it ends too early.</summary>
    public int Position { get; } = position;

    private static string Place(string text, int position)
    {
        if (position >= text.Length)
            return $"at the end, after \"{text[Math.Max(0, text.Length - ExcerptLength)..]}\"";
        var rest = text[position..];
        return $"at character {position + 1}: \"{(rest.Length > ExcerptLength ? rest[..ExcerptLength] + "..." : rest)}\"";
    }
}
