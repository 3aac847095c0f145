using System.Globalization;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Sharding;
using LdapSync.Storage.Staging;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Sync;

/// <summary>Reads directory users into staging.</summary>
public sealed class UserReading(RunSessions sessions, RunFiles files, RunProgress progress, IOptions<SyncOptions> options, TimeProvider time)
{
    private const int IdsPerSearch = 50;

    // More are found faster by their dates, where the server walks through all entries once.
    private const int MostById = 4 * IdsPerSearch;

    /// <summary>Mode <em>full</em>: everybody with all mapped attributes.</summary>
    public async Task<UsersRead> ReadEverybodyAsync(string runId, CancellationToken cancellationToken)
    {
        var stage = await StageAsync(runId, "users", cancellationToken);
        var settings = stage.Run.Settings;
        Task<IDirectorySession> OpenAsync(CancellationToken stop) => sessions.OpenAsync(stage.Run, runId, stop);
        await using var session = settings.Users.Shards.Count > 0 ? null : await OpenAsync(cancellationToken);

        // A place stays free for the lists of members, which are read at the same time.
        Func<SearchRequest, IDirectorySearch> search = session is not null ? session.Search : request => new ShardedSearch(
            OpenAsync, request, Shards.ByPrefix(request, settings.Users.Login, settings.Users.Shards), settings.Connection.MaxConnections - 1);
        var proof = await stage.ReadUsersAsync(search, settings.Filters.Users, names: true, cancellationToken);
        return await stage.CompleteAsync(Believed(proof, stage.Mapped + stage.Problems), stage.Mapped + stage.Problems, cancellationToken);
    }

    /// <summary>Mode <em>changed</em>: the ids of everybody, so that who is gone is found; attributes of who was modified since the watermark.</summary>
    public async Task<UsersRead> ReadChangedAsync(string runId, CancellationToken cancellationToken)
    {
        var stage = await StageAsync(runId, "users", cancellationToken);
        var settings = stage.Run.Settings;
        var overlap = TimeSpan.FromMinutes(options.Value.OverlapMinutes);
        var (since, began) = ((stage.Run.Watermark!.Value - overlap).ToUniversalTime(), time.GetTimestamp());
        await using var session = await sessions.OpenAsync(stage.Run, runId, cancellationToken);
        var (everybody, present, ids) = await stage.ReadPresenceAsync(session, since, MostById, cancellationToken);
        var changed = CompletenessProof.Nothing;

        // Who was modified after his id went by is not among the ids. The next run finds him by the overlap, unless all the ids took too long for that.
        if (ids is null || time.GetElapsedTime(began) > overlap / 2)
        {
            ids = null;
            var date = since.ToString("yyyyMMddHHmmss'.0Z'", CultureInfo.InvariantCulture);
            changed = await stage.ReadUsersAsync(session.Search, $"(&{settings.Filters.Users}({settings.Users.ModificationDate}>={date}))", names: false, cancellationToken);
        }

        foreach (var chunk in (ids ?? []).Chunk(IdsPerSearch))
        {
            changed = changed.And(await stage.ReadUsersAsync(session.Search, ByIds(settings, chunk), names: false, cancellationToken));
        }

        // Of what changed, an incomplete read only delays news until the next run; but then the watermark must not move.
        return await stage.CompleteAsync(Believed(everybody.And(changed with { Entries = 0 }), present), present, cancellationToken);
    }

    /// <summary>Mode <em>changed</em>: who is new to the records, or back in them, without having been modified lately.</summary>
    public async Task<SegmentSet> ReadMissingAsync(RangePlanned range, CancellationToken cancellationToken)
    {
        var stage = await StageAsync(range.Part.RunId, $"users-{range.Part.First:x2}", cancellationToken);
        var settings = stage.Run.Settings;
        await using var session = await sessions.OpenAsync(stage.Run, range.Part.RunId, cancellationToken);
        var ids = await files.ReadTextsAsync(range.Plan, Sections.NeedAttributes, cancellationToken);
        foreach (var chunk in ids.Chunk(IdsPerSearch))
        {
            await stage.ReadUsersAsync(session.Search, ByIds(settings, chunk), names: false, cancellationToken);
        }

        return (await stage.CompleteAsync(CompletenessProof.Nothing, 0, cancellationToken)).Users;
    }

    private static string ByIds(DirectorySettings settings, IEnumerable<string> ids)
    {
        var anyOf = string.Concat(ids.Select(id => $"({settings.Users.UserId}={LdapId.ToFilterValue(settings.Users.UserId, id)})"));
        return $"(&{settings.Filters.Users}(|{anyOf}))";
    }

    /// <summary>Rule G1. That there is nobody at all is no proof that anybody is gone: a moved search base or a lost permission looks the same.</summary>
    private static CompletenessProof Believed(CompletenessProof proof, long present) => present > 0 || !proof.IsComplete ? proof : proof with
    {
        PagesFinished = false,
        Message = "nobody was found at all; look at users.searchBase, filters.users and what the administrator login may read",
    };

    private async Task<UserStage> StageAsync(string runId, string part, CancellationToken cancellationToken)
    {
        var run = await files.LoadContextAsync(runId, cancellationToken);
        return new UserStage(
            run, files.CreateWriter(RunFiles.ReadFolder(runId), part), files.CreateWriter(RunFiles.PlanFolder(runId), part),
            progress.Start(runId, part, Phases.Reading), time.GetUtcNow());
    }
}
