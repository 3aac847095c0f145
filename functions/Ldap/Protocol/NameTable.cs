using System.Text;

namespace LdapSync.Ldap.Protocol;

/// <summary>
/// The attribute names seen in one search, so that a name is one string however many entries have it. Entries of a search name
/// their attributes in much the same order: the guess is the name that followed last time.
/// </summary>
internal sealed class NameTable
{
    private const int Capacity = 512;

    private readonly List<(byte[] Octets, string Text)> names = [];
    private int guess;

    /// <summary>A new entry begins.</summary>
    public void Restart() => guess = 0;

    public string Get(ReadOnlySpan<byte> octets)
    {
        for (var tried = 0; tried < names.Count; tried++)
        {
            var index = (guess + tried) % names.Count;
            if (octets.SequenceEqual(names[index].Octets))
            {
                guess = index + 1;
                return names[index].Text;
            }
        }

        var text = Encoding.UTF8.GetString(octets);
        if (names.Count < Capacity)
        {
            names.Add((octets.ToArray(), text));
            guess = names.Count;
        }

        return text;
    }
}
