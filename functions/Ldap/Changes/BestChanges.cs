using System.Runtime.CompilerServices;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Changes;

/// <summary>Reads changes by the method that the settings name, or else by the best one that the server offers to this account.</summary>
internal sealed class BestChanges(LdapConnection connection, RootDse root, ChangeRequest request, string? cookie) : ChangeSearch
{
    protected override async IAsyncEnumerable<DirectoryChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var method in Methods())
        {
            var search = Create(method);
            var changes = search.GetAsyncEnumerator(cancellationToken);
            await using (changes.ConfigureAwait(false))
            {
                if (await TryMoveAsync(changes, method).ConfigureAwait(false) is not { } any)
                {
                    continue;
                }

                for (; any; any = await changes.MoveNextAsync().ConfigureAwait(false))
                {
                    yield return changes.Current;
                }
            }

            Complete(search.Result);
            yield break;
        }
    }

    private IEnumerable<ChangeMethod> Methods()
    {
        if (request.Method is { } wanted)
        {
            return [wanted];
        }

        var offered = new List<ChangeMethod>();
        if (root.Kind == DirectoryKind.ActiveDirectory && root.Controls.Contains(DirSyncControl.Oid))
        {
            offered.Add(ChangeMethod.DirSync);
        }
        else if (root.Controls.Contains(SyncRepl.Oid))
        {
            offered.Add(ChangeMethod.SyncRepl);
        }

        return [.. offered, ChangeMethod.Watermark];
    }

    private ChangeSearch Create(ChangeMethod method) => method switch
    {
        ChangeMethod.DirSync => new DirSync(connection, root, request, cookie),
        ChangeMethod.SyncRepl => new SyncRepl(connection, request, cookie),
        _ => new Watermark(connection, root, request, cookie),
    };

    /// <summary>The first step; null where the server offers the method and yet does not allow it, and there is another one.</summary>
    private async Task<bool?> TryMoveAsync(IAsyncEnumerator<DirectoryChange> changes, ChangeMethod method)
    {
        try
        {
            return await changes.MoveNextAsync().ConfigureAwait(false);
        }
        catch (DirectoryException exception) when (request.Method is null && method != ChangeMethod.Watermark && exception.ResultCode is 2 or 12 or 50 or 53)
        {
            return null;
        }
    }
}
