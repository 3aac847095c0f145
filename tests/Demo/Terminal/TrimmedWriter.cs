using System.Text;

namespace LdapSync.Demo.Terminal;

/// <summary>Writes whole lines, without the spaces that tables are padded with.</summary>
internal sealed class TrimmedWriter(TextWriter inner) : TextWriter
{
    private readonly StringBuilder line = new();

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        if (value != '\n')
        {
            line.Append(value);
            return;
        }

        inner.WriteLine(line.ToString().TrimEnd());
        line.Clear();
    }

    public override void Flush() => inner.Flush();
}
