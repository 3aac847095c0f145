using LdapSync.Core.Planning;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: mode <em>delta</em>, whom the changes in the directory touch, and what is true of them now.</summary>
public sealed class ReadDelta(DeltaReading reading, ILogger<ReadDelta> logger)
{
    [Function(nameof(ReadDelta))]
    public Task<DeltaRead> Run([ActivityTrigger] SyncRequest request, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, request.RunId, nameof(ReadDelta), () => reading.ReadAsync(request, cancellationToken));
}

/// <summary>
/// The changes name who is touched: users that were changed or deleted, and users who joined or left a group whose entry has changed. Of each of them entry and
/// groups are read anew, so the outcome is that of a full run for these users; who is not found by a search that ended well is gone. Whenever anything is
/// not certain, the run goes on in mode <em>changed</em> and says why.
/// </summary>
public sealed class DeltaReading(
    DirectorySessions sessions,
    GroupReading groups,
    RunFiles files,
    RunStore runs,
    ChangeStateStore changes,
    CollisionStore collisions,
    RunProgress progress,
    TimeProvider time)
{
    /// <summary>Beyond this it is faster to read everything.</summary>
    private const int MaxTouched = 5000;

    public async Task<DeltaRead> ReadAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var run = await files.LoadContextAsync(request.RunId, cancellationToken);
        var state = await ChangesKeeping.ReadAsync(changes, run.DirectoryId, cancellationToken);
        if (state is null)
        {
            return await GiveUpAsync(request, run, "no cookies are kept", cancellationToken);
        }

        try
        {
            await using var session = await sessions.OpenAsync(run.DirectoryId, run.Settings.Connection, cancellationToken);
            return await ReadAsync(request, run, state, session, cancellationToken);
        }
        catch (UncertainChangesException uncertain)
        {
            return await GiveUpAsync(request, run, uncertain.Message, cancellationToken);
        }
    }

    private async Task<DeltaRead> ReadAsync(
        SyncRequest request, RunContext run, ChangesState state, IDirectorySession session, CancellationToken cancellationToken)
    {
        var streams = new ChangeStreams(run.Settings, session);
        var changedUsers = await streams.ReadUsersAsync(state.UsersCookie, cancellationToken);
        var changedGroups = await streams.ReadGroupsAsync(state.GroupsCookie, cancellationToken);
        if ((changedUsers.Problem ?? changedGroups.Problem) is { } problem)
        {
            throw new UncertainChangesException(problem);
        }

        await streams.RequireSameContainersAsync(state, cancellationToken);
        var linked = await groups.ReadAsync(run, request.RunId, session, onlyLinked: true, cancellationToken);
        RequireSame(state, await files.LoadLinksAsync(request.RunId, cancellationToken));
        var lists = new KeptLists(changes, run.DirectoryId, request.RunId, "delta");
        var comparison = new ListComparison(run.Settings, session, changes, state, lists);
        await comparison.CompareAsync(changedGroups.Ids, MaxTouched, cancellationToken);

        // What was refused or answered by a person (U5) may be settled now without any change in the directory.
        var waiting = await collisions.ListAsync(run.DirectoryId, cancellationToken);
        HashSet<string> touched = [.. changedUsers.Ids, .. comparison.Touched, .. waiting.Select(record => record.Collision.LdapId)];
        if (touched.Count > MaxTouched)
        {
            throw new UncertainChangesException($"{touched.Count} users are touched by changes; more than {MaxTouched} are read faster all together");
        }

        var stage = new UserStage(
            run, files.CreateWriter(RunFiles.ReadFolder(request.RunId), "delta"), files.CreateWriter(RunFiles.PlanFolder(request.RunId), "delta"),
            progress.Start(request.RunId, "delta", Phases.Reading, touched.Count), time.GetUtcNow());
        var reader = new TouchedUsers(run, state.Closure, session, stage, lists, new SightCheck(run.Settings, session, changes, state));
        var memberships = await reader.ReadAsync(touched, comparison, cancellationToken);
        var users = await stage.CompleteAsync(CompletenessProof.Nothing with { Entries = stage.Mapped }, stage.Mapped + stage.Problems, cancellationToken);
        await files.SaveChangesAsync(
            request.RunId,
            state with
            {
                UsersCookie = changedUsers.Cookie,
                GroupsCookie = changedGroups.Cookie,
                Lists = comparison.ListsWith(await lists.CompleteAsync(cancellationToken), reader.Learned),
            },
            cancellationToken);
        return new DeltaRead(true, linked with { Keep = true }, users, new MembersRead(users.Users, 0, state.Closure.CompleteRoles(), memberships));
    }

    /// <summary>What is kept tells of roles by their place among the links, and of nobody in a group that was not there when it was read.</summary>
    private static void RequireSame(ChangesState state, IReadOnlyList<LinkedRole> links)
    {
        if (!state.Links.SequenceEqual(links.Select(link => link.Key)))
        {
            throw new UncertainChangesException(ModeChoice.OtherLinks);
        }

        if (links.Where((link, role) => link.Found != state.Closure.Linked[role] >= 0).Any())
        {
            throw new UncertainChangesException("a linked group is back, or is gone, since its members were read");
        }
    }

    /// <summary>The run's view tells the mode that it went on in, and why.</summary>
    private async Task<DeltaRead> GiveUpAsync(SyncRequest request, RunContext run, string why, CancellationToken cancellationToken)
    {
        await files.SaveContextAsync(request.RunId, run with { Mode = RunMode.Changed, Before = null }, cancellationToken);
        await runs.UpdateAsync(
            request.RunId, record => record with { Mode = RunMode.Changed, ModeReason = ModeChoice.Sentence(why) }, cancellationToken);
        return new DeltaRead(false, null, null, null);
    }
}

/// <summary>The changes do not tell for certain what is true now; everything has to be looked at.</summary>
internal sealed class UncertainChangesException(string message) : Exception(message);
