using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Sync;

/// <summary>Activity: finds the roles that the undone run touched, and plans how they become what they were.</summary>
public sealed class OpenUndo(UndoOpening opening, ILogger<OpenUndo> logger)
{
    [Function(nameof(OpenUndo))]
    public Task<UndoOpened> Run([ActivityTrigger] SyncRequest request, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, request.RunId, nameof(OpenUndo), () => opening.OpenAsync(request, cancellationToken));
}

public sealed class UndoOpening(RunFiles files, StagingArea staging, RoleStore roles, RunStore runs, IOptions<SyncOptions> options)
{
    private const int MaxRanges = 64;

    public async Task<UndoOpened> OpenAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var journal = await files.FindPlanAsync(request.UndoOf!, cancellationToken)
            ?? throw new SyncRefusedException("The journal of the run to take back is no longer kept.");
        var current = (await roles.ListAsync(cancellationToken)).ToDictionary(role => role.Id, StringComparer.Ordinal);
        var writer = files.CreateWriter(RunFiles.PlanFolder(request.RunId), "roles");
        var operations = await PlanRolesAsync(request, journal, current, writer, cancellationToken);

        var (touched, users) = await TouchedAsync(journal, cancellationToken);
        await files.SaveLinksAsync(
            request.RunId,
            [.. touched.Select(id => new LinkedRole(id, current.GetValueOrDefault(id)?.GroupId ?? "", current.GetValueOrDefault(id)?.Name ?? id, "", Found: true))],
            cancellationToken);
        var reads = new ReadResults(
            request.DirectoryId, request.RunId, RunMode.Full,
            new GroupsRead(
                CompletenessProof.Nothing, await writer.CompleteAsync(cancellationToken), 0,
                operations.Count(operation => operation.Action != PlannedAction.Mark), operations.Count(operation => operation.Action == PlannedAction.Mark),
                touched.Count),
            [], []);
        await files.SaveReadsAsync(request.RunId, reads, cancellationToken);
        await runs.UpdateAsync(request.RunId, run => run with { Phase = Phases.Planning }, cancellationToken);
        return new UndoOpened(reads, Ranges(users));
    }

    private async Task<List<RoleOperation>> PlanRolesAsync(
        SyncRequest request, PlanDocument journal, Dictionary<string, RoleRecord> current, SegmentWriter writer, CancellationToken cancellationToken)
    {
        var operations = new List<RoleOperation>();
        foreach (var set in journal.Sets)
        {
            await foreach (var applied in staging.ReadAsync(set, Sections.Roles, PlanFormat.Default.RoleOperation, cancellationToken))
            {
                var role = current.GetValueOrDefault(applied.RoleId);
                var inverse = UndoPlanner.Role(applied, role is not null && role.DirectoryId == request.DirectoryId ? field => RoleApplication.Read(role, field) : null);
                if (inverse.Operation is not null)
                {
                    operations.Add(inverse.Operation);
                    writer.Add(Sections.Roles, inverse.Operation, PlanFormat.Default.RoleOperation);
                }

                if (inverse.Skipped is not null)
                {
                    writer.Add(Sections.Notes, inverse.Skipped, PlanFormat.Default.RunNote);
                }
            }
        }

        return operations;
    }

    /// <summary>The roles whose members the run changed, and how many users it changed.</summary>
    private async Task<(IReadOnlyList<string> Roles, long Users)> TouchedAsync(PlanDocument journal, CancellationToken cancellationToken)
    {
        var (touched, users) = (new SortedSet<string>(StringComparer.Ordinal), 0L);
        foreach (var set in journal.Sets)
        {
            foreach (var (section, records) in await staging.SectionsAsync(set, cancellationToken))
            {
                users += Sections.IsUsers(section) ? records : 0;
                if (Sections.IsMembers(section))
                {
                    touched.Add(Sections.RoleOf(section));
                }
            }
        }

        return ([.. touched], users);
    }

    private int Ranges(long users)
    {
        var ranges = 1;
        while (ranges < MaxRanges && users > (long)ranges * options.Value.UsersPerRange)
        {
            ranges *= 2;
        }

        return ranges;
    }
}
