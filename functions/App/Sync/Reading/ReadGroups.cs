using LdapSync.Core.Formats;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: reads all groups, finds the linked ones by id, plans the roles.</summary>
public sealed class ReadGroups(GroupReading reading, ILogger<ReadGroups> logger)
{
    [Function(nameof(ReadGroups))]
    public Task<GroupsRead> Run([ActivityTrigger] SyncRequest request, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, request.RunId, nameof(ReadGroups), () => reading.ReadAsync(request, cancellationToken));
}

public sealed class GroupReading(DirectorySessions sessions, RoleStore roles, RunFiles files, RunProgress progress, TimeProvider time)
{
    private const int IdsPerSearch = 50;

    public async Task<GroupsRead> ReadAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var run = await files.LoadContextAsync(request.RunId, cancellationToken);
        await using var session = await sessions.OpenAsync(run.DirectoryId, run.Settings.Connection, cancellationToken);
        var cookies = request.DryRun ? null : await new ChangeStreams(run.Settings, session).TakeCookiesAsync(cancellationToken);
        if (cookies is not null)
        {
            // Before anything is read: what changes meanwhile is told next time.
            await files.SaveCookiesAsync(request.RunId, cookies, cancellationToken);
        }

        var read = await ReadAsync(run, request.RunId, session, onlyLinked: false, cancellationToken);
        return read with { Keep = cookies is { Unavailable: null } };
    }

    /// <summary>The roles' plan from all groups of the groups filter, or from the linked ones alone.</summary>
    internal async Task<GroupsRead> ReadAsync(RunContext run, string runId, IDirectorySession session, bool onlyLinked, CancellationToken cancellationToken)
    {
        var linked = (await roles.ListAsync(cancellationToken)).Where(role => role.IsLinked && role.DirectoryId == run.DirectoryId).ToList();
        var groups = new Dictionary<string, MappedGroup>(StringComparer.Ordinal);
        var writer = files.CreateWriter(RunFiles.PlanFolder(runId), "roles");
        var (proof, problems) = await ReadAsync(run, runId, session, Filters(run, linked, onlyLinked), linked, groups, writer, cancellationToken);

        var plan = RolePlanner.Plan(linked, groups, proof.IsComplete, time.GetUtcNow());
        await files.SaveLinksAsync(runId, plan.Links, cancellationToken);
        foreach (var operation in plan.Operations)
        {
            writer.Add(Sections.Roles, operation, PlanFormat.Default.RoleOperation);
        }

        foreach (var note in plan.Notes)
        {
            writer.Add(Sections.Notes, note, PlanFormat.Default.RunNote);
        }

        return new GroupsRead(
            proof, await writer.CompleteAsync(cancellationToken), problems,
            plan.Operations.Count(operation => operation.Action != PlannedAction.Mark),
            plan.Operations.Count(operation => operation.Action == PlannedAction.Mark),
            plan.Links.Count);
    }

    private static IEnumerable<string> Filters(RunContext run, List<RoleRecord> linked, bool onlyLinked)
    {
        var (all, id) = (run.Settings.Filters.Groups, run.Settings.Groups.GroupId);
        return onlyLinked
            ? linked.Select(role => $"({id}={LdapId.ToFilterValue(id, role.GroupId!)})").Distinct().Chunk(IdsPerSearch).Select(ids => $"(&{all}(|{string.Concat(ids)}))")
            : [all];
    }

    private async Task<(CompletenessProof Proof, long Problems)> ReadAsync(
        RunContext run, string runId, IDirectorySession session, IEnumerable<string> filters, List<RoleRecord> linked, Dictionary<string, MappedGroup> groups, Storage.Staging.SegmentWriter notes, CancellationToken cancellationToken)
    {
        var wanted = linked.Select(role => role.GroupId).ToHashSet(StringComparer.Ordinal);
        var mapper = new GroupMapper(run.Settings);
        var reporter = progress.Start(runId, "groups", Phases.Reading);
        var (count, problems, proof) = (0L, 0L, CompletenessProof.Nothing);
        foreach (var filter in filters)
        {
            var search = session.Search(new SearchRequest(run.Settings.Groups.SearchBase, SearchScope.Subtree, filter, mapper.Attributes));
            await foreach (var entry in search.WithCancellation(cancellationToken))
            {
                await reporter.AdvanceAsync(++count, cancellationToken);
                if (!mapper.TryMap(entry, out var group, out var problem))
                {
                    problems++;
                    notes.Add(Sections.Notes, Notes.Of(problem), PlanFormat.Default.RunNote);
                }
                else if (wanted.Contains(group.LdapId))
                {
                    groups[group.LdapId] = group;
                }
            }

            proof = proof.And(search.Proof);
        }

        if (problems > 0 && problems == count)
        {
            throw new SyncRefusedException(
                $"None of the {count} groups has the attributes that groups.groupName ('{run.Settings.Groups.GroupName}') and groups.groupId ('{run.Settings.Groups.GroupId}') name: the mapping is wrong. Nothing was changed.");
        }

        await reporter.FinishAsync(count, cancellationToken);

        // A group without a readable id may be any of the linked ones.
        return (Believed(proof, count, problems), problems);
    }

    /// <summary>Rule G1. No group at all looks the same as a moved search base or a lost permission.</summary>
    private static CompletenessProof Believed(CompletenessProof proof, long count, long problems) =>
        problems > 0 ? proof with { RangesFinished = false, Message = "some groups could not be mapped" }
        : count == 0 ? proof with { PagesFinished = false, Message = "no group was found at all; look at groups.searchBase, filters.groups and what the administrator login may read" }
        : proof;
}
