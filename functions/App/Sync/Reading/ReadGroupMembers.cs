using LdapSync.Core.Groups;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: the lists of members of the linked groups and of the groups within them, each read once (R9).</summary>
public sealed class ReadGroupMembers(GroupMemberReading reading, ILogger<ReadGroupMembers> logger)
{
    [Function(nameof(ReadGroupMembers))]
    public Task<GroupMembersRead> Run([ActivityTrigger] SyncRequest request, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, request.RunId, nameof(ReadGroupMembers), () => reading.ReadAsync(request.RunId, cancellationToken));
}

public sealed class GroupMemberReading(RunSessions sessions, RunFiles files, RunProgress progress)
{
    /// <summary>Why mode <em>delta</em> cannot be offered.</summary>
    internal const string UniqueIdentifiers = "values of uniqueMember have unique identifiers (#'...'B), by which no user's groups can be searched for";

    public async Task<GroupMembersRead> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        var run = await files.LoadContextAsync(runId, cancellationToken);
        var links = await files.LoadLinksAsync(runId, cancellationToken);
        var stage = new MemberStage(files.CreateWriter(RunFiles.ReadFolder(runId), "values"), progress.Start(runId, "values", Phases.Reading));
        await using var session = await sessions.OpenAsync(run, runId, cancellationToken);
        var entries = new GroupEntries(run.Settings, session);
        var names = run.Settings.Groups.Nested ? await entries.ReadNamesAsync(cancellationToken) : GroupNames.None;
        var walk = new GroupWalk(names);
        var linked = links.Select(link => link.Found ? walk.Add(link.GroupId) : -1).ToList();
        var hasUids = false;
        while (walk.TakeUnread() is { Count: > 0 } unread)
        {
            await foreach (var (group, value) in entries.ReadMembersAsync(walk, unread, cancellationToken))
            {
                hasUids |= MemberKey.HasUid(value.Text);
                if (!walk.TryNest(group, value))
                {
                    await stage.AddAsync(value, group, cancellationToken);
                }
            }
        }

        // A search for a user's groups does not find such values, so the next run cannot go by what has changed.
        if (hasUids && await files.FindCookiesAsync(runId, cancellationToken) is { } cookies)
        {
            await files.SaveCookiesAsync(runId, cookies with { Users = null, Unavailable = UniqueIdentifiers }, cancellationToken);
        }

        await files.SaveClosureAsync(runId, walk.ToClosure(linked), cancellationToken);
        return await stage.CompleteAsync(cancellationToken);
    }
}

/// <summary>Stages values of lists of members by the bucket that they are joined in.</summary>
internal sealed class MemberStage(SegmentWriter writer, PartReporter reporter)
{
    private readonly Core.Formats.RecordWriter record = new();
    private long values;

    public async ValueTask AddAsync(MemberValue value, int group, CancellationToken cancellationToken)
    {
        record.Clear();
        Core.Formats.StagedRecords.WriteMember(record, value.Key, group);
        writer.Add(Sections.MemberValuesOf(MemberKey.BucketOf(value.Key)), record.Written);
        await writer.FlushIfNeededAsync(cancellationToken);
        await reporter.AdvanceAsync(++values, cancellationToken);
    }

    public async Task<GroupMembersRead> CompleteAsync(CancellationToken cancellationToken)
    {
        await reporter.FinishAsync(values, cancellationToken);
        return new GroupMembersRead(await writer.CompleteAsync(cancellationToken), values);
    }
}
