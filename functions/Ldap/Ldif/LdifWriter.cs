using System.Text;
using LdapSync.Core.Entries;

namespace LdapSync.Ldap.Ldif;

/// <summary>Writes entries as LDIF content records (RFC 2849), lines unfolded, as <c>ldapsearch -LLL -o ldif-wrap=no</c> does.</summary>
public static class LdifWriter
{
    public static async Task WriteAsync(TextWriter writer, DirectoryEntry entry)
    {
        var text = new StringBuilder();
        Append(text, "dn", Encoding.UTF8.GetBytes(entry.DistinguishedName));
        foreach (var attribute in entry.Attributes)
        {
            foreach (var value in attribute.Values)
            {
                Append(text, attribute.Name, value.Span);
            }
        }

        text.Append('\n');
        await writer.WriteAsync(text).ConfigureAwait(false);
    }

    private static void Append(StringBuilder text, string name, ReadOnlySpan<byte> value)
    {
        text.Append(name).Append(':');
        if (IsPlain(value) && !name.StartsWith("userPassword", StringComparison.OrdinalIgnoreCase))
        {
            text.Append(value.IsEmpty ? "" : " ").Append(Encoding.ASCII.GetString(value));
        }
        else
        {
            text.Append(": ").Append(Convert.ToBase64String(value));
        }

        text.Append('\n');
    }

    /// <summary>Whether a value may stand as it is: printable ASCII that begins and ends with a character that cannot be mistaken.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> value) =>
        value.IsEmpty
        || (value.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && value[0] is not ((byte)' ' or (byte)':' or (byte)'<') && value[^1] != ' ');
}
