using System.Globalization;
using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;

namespace LdapSync.Ldap.Reading;

/// <summary>
/// Reads attributes to their end that Active Directory cuts: it sends <c>member;range=0-1499</c> beside an empty <c>member</c>, and the rest has
/// to be asked for range by range until one ends in <c>*</c>.
/// </summary>
internal static class RangedAttributes
{
    private const string Option = ";range=";

    public static bool AnyIn(DirectoryEntry entry)
    {
        foreach (var attribute in entry.Attributes)
        {
            if (attribute.Name.Contains(Option, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The entry with all values and names without ranges; false when a range could not be read to its end.</summary>
    public static async Task<(DirectoryEntry Entry, bool IsWhole)> CompleteAsync(
        LdapConnection connection, DirectoryEntry entry, CancellationToken cancellationToken)
    {
        var (attributes, isWhole) = (new List<DirectoryAttribute>(), true);
        foreach (var attribute in entry.Attributes)
        {
            if (!TryParse(attribute.Name, out var name, out var next))
            {
                if (!entry.Attributes.Any(other => TryParse(other.Name, out var ranged, out _) && ranged == attribute.Name))
                {
                    attributes.Add(attribute);
                }

                continue;
            }

            List<ReadOnlyMemory<byte>> values = [.. attribute.Values];
            isWhole &= next is null || await FollowAsync(connection, entry.DistinguishedName, name, next.Value, values, cancellationToken).ConfigureAwait(false);
            attributes.Add(new DirectoryAttribute(name, values));
        }

        return (entry with { Attributes = attributes }, isWhole);
    }

    /// <summary>Splits <c>name;range=first-last</c>; <paramref name="next"/> is where to go on, null at the end.</summary>
    public static bool TryParse(string description, out string name, out long? next)
    {
        (name, next) = (description, null);
        var option = description.IndexOf(Option, StringComparison.OrdinalIgnoreCase);
        if (option < 0)
        {
            return false;
        }

        var range = description.AsSpan(option + Option.Length);
        var dash = range.IndexOf('-');
        name = description[..option];
        if (dash < 0)
        {
            return false;
        }

        var last = range[(dash + 1)..];
        if (last is "*")
        {
            return true;
        }

        if (!long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var end))
        {
            return false;
        }

        next = end + 1;
        return true;
    }

    private static async Task<bool> FollowAsync(
        LdapConnection connection, string entry, string name, long next, List<ReadOnlyMemory<byte>> values, CancellationToken cancellationToken)
    {
        while (true)
        {
            var request = new SearchRequest(entry, SearchScope.Base, "(objectClass=*)", [$"{name};range={next}-*"], PageSize: 0);
            var search = new LdapSearch(connection, request, followRanges: false);
            DirectoryAttribute? part = null;
            try
            {
                await foreach (var answer in search.WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    part = answer.Attributes.FirstOrDefault(attribute => attribute.Name.StartsWith(name + Option, StringComparison.OrdinalIgnoreCase));
                }
            }
            catch (DirectoryException exception) when (exception.Failure == DirectoryFailure.NoSuchObject)
            {
                return false; // deleted or moved while it was read
            }

            if (part is null || !TryParse(part.Name, out _, out var following))
            {
                return false; // values were removed while they were read
            }

            values.AddRange(part.Values);
            if (following is null)
            {
                return true;
            }

            if (following <= next)
            {
                return false;
            }

            next = following.Value;
        }
    }
}
