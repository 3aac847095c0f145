using System.Security.Cryptography;
using System.Text;
using LdapSync.Core.Entries;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.App.Sync;

/// <summary>
/// What containers there are below the search bases, and by what names. When one is renamed or moved, everybody below has another name, or is out of the
/// search base, and OpenLDAP changes and tells the container's entry alone. So the containers are compared with those of the last run.
/// </summary>
internal sealed class ContainerTag(DirectorySettings settings, IDirectorySession session)
{
    private const string Containers =
        "(|(objectClass=organizationalUnit)(objectClass=container)(objectClass=organization)(objectClass=domain)(objectClass=dcObject)(objectClass=locality)(objectClass=country))";

    /// <returns>SHA-256 in hexadecimal; null: not all containers are known.</returns>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (searchBase, id) in new[] { (settings.Users.SearchBase, settings.Users.UserId), (settings.Groups.SearchBase, settings.Groups.GroupId) }.Distinct())
        {
            var search = session.Search(new SearchRequest(searchBase, SearchScope.Subtree, Containers, [id]));
            await foreach (var entry in search.WithCancellation(cancellationToken))
            {
                if (!LdapId.TryRead(entry, id, out var container))
                {
                    return null;
                }

                lines.Add($"{container} {DistinguishedName.KeyOf(entry.DistinguishedName)}");
            }

            if (!search.Proof.IsComplete)
            {
                return null;
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }
}
