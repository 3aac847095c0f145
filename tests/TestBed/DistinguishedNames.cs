using System.Text;

namespace LdapSync.TestBed;

/// <summary>Distinguished names in string form (RFC 4514).</summary>
public static class DistinguishedNames
{
    /// <summary>A value as it stands in a name: <c>, + " \ ; &lt; &gt; =</c>, a leading <c>#</c> or space and a trailing space are escaped.</summary>
    public static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length + 8);
        for (var i = 0; i < value.Length; i++)
        {
            var edgeSpace = value[i] == ' ' && (i == 0 || i == value.Length - 1);
            if (edgeSpace || (i == 0 && value[i] == '#') || value[i] is ',' or '+' or '"' or '\\' or ';' or '<' or '>' or '=')
            {
                escaped.Append('\\');
            }

            escaped.Append(value[i]);
        }

        return escaped.ToString();
    }
}
