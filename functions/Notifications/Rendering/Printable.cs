namespace LdapSync.Notifications.Rendering;

/// <summary>Directories hold control characters and marks that turn writing around; messages do not.</summary>
internal static class Printable
{
    public static string Of(string text)
    {
        if (!text.Any(IsUnfit))
        {
            return text;
        }

        return string.Create(text.Length, text, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = IsUnfit(from[i]) ? '\ufffd' : from[i];
            }
        });
    }

    /// <summary>At most so many characters; never half of a pair.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1)] + "…";

    private static bool IsUnfit(char character) =>
        (char.IsControl(character) && character != '\n') || character is '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
