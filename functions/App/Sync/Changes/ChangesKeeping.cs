using System.Text.Json;
using LdapSync.App.Api;
using LdapSync.Storage.State;

namespace LdapSync.App.Sync;

/// <summary>Keeps what the next run in mode <em>delta</em> needs, when a run has succeeded.</summary>
public sealed class ChangesKeeping(RunFiles files, ChangeStateStore changes)
{
    public async Task KeepAsync(SyncRequest request, Population population, CancellationToken cancellationToken)
    {
        var state = await files.FindChangesAsync(request.RunId, cancellationToken) ?? await OfWholeReadAsync(request, cancellationToken);
        if (state is null)
        {
            return;
        }

        var kept = state with { ActiveUsers = population.ActiveUsers, Memberships = population.Memberships };
        await changes.WriteAsync(request.DirectoryId, JsonSerializer.SerializeToUtf8Bytes(kept, ApiJson.Options), cancellationToken);
        var folders = kept.Lists.SelectMany(list => list.Sets).Select(set => set.Folder).ToHashSet(StringComparer.Ordinal);
        await changes.DeleteListsAsync(request.DirectoryId, folders, cancellationToken);
    }

    /// <returns>Null: nothing is kept.</returns>
    internal static async Task<ChangesState?> ReadAsync(ChangeStateStore changes, string directoryId, CancellationToken cancellationToken) =>
        await changes.ReadAsync(directoryId, cancellationToken) is { } content ? JsonSerializer.Deserialize<ChangesState>(content.Span, ApiJson.Options) : null;

    /// <summary>After a run that read everything: the cookies from before it, the lists as it read them.</summary>
    private async Task<ChangesState?> OfWholeReadAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        if (await files.FindCookiesAsync(request.RunId, cancellationToken) is not { } cookies)
        {
            return null;
        }

        var tag = ChangesState.TagOf((await files.LoadContextAsync(request.RunId, cancellationToken)).Settings);
        if (cookies is not { Users: { } users, Groups: { } groups })
        {
            return new ChangesState { SettingsTag = tag, Unavailable = cookies.Unavailable ?? "there are no cookies" };
        }

        var reads = await files.LoadReadsAsync(request.RunId, cancellationToken);
        var closure = await files.LoadClosureAsync(request.RunId, cancellationToken);
        var sets = reads.Members.Select(members => members.Kept).OfType<Storage.Staging.SegmentSet>().ToList();
        return new ChangesState
        {
            SettingsTag = tag,
            UsersCookie = users,
            GroupsCookie = groups,
            Containers = cookies.Containers,
            Links = [.. (await files.LoadLinksAsync(request.RunId, cancellationToken)).Select(link => link.Key)],
            Closure = closure,
            Lists = [.. closure.Groups.Select((_, group) => new KeptList(sets, Sections.ListOf(group)))],
        };
    }
}
