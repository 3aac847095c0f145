using System.Text;

namespace LdapSync.Ldap.Authentication;

/// <summary>Reads the list of directives that DIGEST-MD5 sends (RFC 2831, section 7.1): <c>name=value,name="value"</c>.</summary>
internal static class DigestChallenge
{
    /// <summary>The directives by name; of a repeated one the first counts.</summary>
    public static Dictionary<string, string> Parse(string text)
    {
        var directives = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var position = 0; position < text.Length;)
        {
            var equals = text.IndexOf('=', position);
            if (equals < 0)
            {
                break;
            }

            var name = text[position..equals].Trim(' ', ',', '\t');
            position = equals + 1;
            directives.TryAdd(name, position < text.Length && text[position] == '"' ? ReadQuoted(text, ref position) : ReadToken(text, ref position));
            var comma = text.IndexOf(',', position);
            position = comma < 0 ? text.Length : comma + 1;
        }

        return directives;
    }

    private static string ReadQuoted(string text, ref int position)
    {
        var value = new StringBuilder();
        for (position++; position < text.Length && text[position] != '"'; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length)
            {
                position++;
            }

            value.Append(text[position]);
        }

        position = Math.Min(position + 1, text.Length);
        return value.ToString();
    }

    private static string ReadToken(string text, ref int position)
    {
        var comma = text.IndexOf(',', position);
        var value = text[position..(comma < 0 ? text.Length : comma)].Trim();
        position += value.Length;
        return value;
    }
}
