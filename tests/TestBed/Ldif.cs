using System.Text;

namespace LdapSync.TestBed;

/// <summary>Lines of LDIF (RFC 2849).</summary>
public static class Ldif
{
    /// <summary>Writes <c>name: value</c>, or <c>name:: base64</c> where the value asks for it. Long lines are not folded.</summary>
    public static void WriteLine(TextWriter output, string name, string value)
    {
        output.Write(name);
        if (IsSafe(value))
        {
            output.Write(": ");
            output.Write(value);
        }
        else
        {
            output.Write(":: ");
            output.Write(Convert.ToBase64String(Encoding.UTF8.GetBytes(value)));
        }

        output.Write('\n');
    }

    // SAFE-STRING, and no space at the end.
    private static bool IsSafe(string value) =>
        value.Length > 0 && value[0] is not (' ' or ':' or '<') && value[^1] != ' '
        && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
