using System.Buffers;

namespace LdapSync.App.Api;

/// <summary>Texts that come from outside.</summary>
internal static class ApiText
{
    public const int MaxName = 256;

    private static readonly SearchValues<char> SlugCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <exception cref="ApiException">Missing, too long, or with control characters.</exception>
    public static void Require(string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw ApiException.Field(field, "Required.");
        }

        Check(field, text);
    }

    /// <exception cref="ApiException">Too long, or with control characters.</exception>
    public static void Check(string field, string? text)
    {
        if (text?.Length > MaxName)
        {
            throw ApiException.Field(field, $"At most {MaxName} characters.");
        }

        if (text is not null && text.Any(char.IsControl))
        {
            throw ApiException.Field(field, "Control characters are not allowed.");
        }
    }

    public static bool IsSlug(string text) =>
        text.Length is > 0 and <= 40 && text[0] != '-' && !text.AsSpan().ContainsAnyExcept(SlugCharacters);

    /// <summary>An id from a route. What cannot be an id of ours is not found, rather than asked of storage.</summary>
    public static string Key(string id, string what) => IsSlug(id) ? id : throw ApiException.NotFound($"{what} '{id}'");
}
