using System.Text;
using Microsoft.DurableTask;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>The limits of what is stored.</summary>
internal static class Payload
{
    /// <summary>Of one input, output or event, in bytes of UTF-8. Bigger data belongs into blobs; pass a reference.</summary>
    public const int MaximumBytes = 1024 * 1024;

    /// <summary>Of a custom status, in bytes of UTF-16; the Durable extension's limit.</summary>
    public const int MaximumStatusBytes = 16 * 1024;

    /// <exception cref="ArgumentException">It is too big.</exception>
    public static string? Of(DataConverter converter, object? value, string what)
    {
        var text = converter.Serialize(value);
        var bytes = text is null ? 0 : Encoding.UTF8.GetByteCount(text);
        return bytes <= MaximumBytes
            ? text
            : throw new ArgumentException($"{char.ToUpperInvariant(what[0])}{what[1..]} has {bytes} bytes; at most {MaximumBytes} are stored. Put the data into a blob and pass its name.");
    }

    /// <inheritdoc cref="Of"/>
    public static string? OfStatus(DataConverter converter, object? status)
    {
        var text = converter.Serialize(status);
        return text is null || text.Length * 2 <= MaximumStatusBytes
            ? text
            : throw new ArgumentException($"The custom status has {text.Length * 2} bytes; at most {MaximumStatusBytes} are allowed.");
    }

    /// <exception cref="ArgumentException">It has characters that a key cannot have, begins with @, or is not 1 to 100 long.</exception>
    public static void CheckInstanceId(string id)
    {
        if (id.Length is 0 or > 100 || id[0] == '@' || id.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c)))
        {
            throw new ArgumentException($"Instance id '{id}' must have 1 to 100 characters, none of / \\ # ? or a control character, and not begin with @.", nameof(id));
        }
    }
}
