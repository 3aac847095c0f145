using System.Security.Cryptography;
using System.Text;
using LdapSync.App.Notifications;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: the plan is whole; keeps it as the journal, and holds it against the removal limits (G2).</summary>
public sealed class CheckGuards(GuardCheck check, ILogger<CheckGuards> logger)
{
    [Function(nameof(CheckGuards))]
    public Task<GuardsChecked> Run([ActivityTrigger] CheckGuardsInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.RunId, nameof(CheckGuards), () => check.CheckAsync(input, cancellationToken));
}

public sealed partial class GuardCheck(RunStore runs, RunFiles files, RunAnnouncements announcements, TimeProvider time, ILogger<GuardCheck> logger)
{
    public async Task<GuardsChecked> CheckAsync(CheckGuardsInput input, CancellationToken cancellationToken)
    {
        var forecasts = input.Licences?.Forecasts ?? [];
        var ranges = input.Ranges.Aggregate(new RunTotals(), (sum, range) => sum.Add(range.Totals));
        var planned = ranges with
        {
            RolesRenamed = input.Reads.Groups.RolesRenamed,
            RolesMarked = input.Reads.Groups.RolesMarked,
            Collisions = ranges.Collisions + input.Logins.Refused,
            LicencesGranted = forecasts.Sum(forecast => (long)forecast.Grants),
            LicencesReclaimed = forecasts.Sum(forecast => (long)forecast.Reclaims),
            LicencesMissing = forecasts.Sum(forecast => (long)forecast.Missing),
        };
        var context = await files.LoadContextAsync(input.RunId, cancellationToken);
        await files.SavePlanAsync(
            input.RunId,
            new PlanDocument(
            [
                input.Reads.Groups.Plan, .. input.Ranges.Select(range => range.Plan), .. Licences(input), input.Logins.Assignments,
                .. input.Reads.Users.Select(users => users.Notes),
            ]),
            cancellationToken);

        // Mode delta loads only what is touched; the limits are of the whole directory.
        var before = context.Before ?? new Population(input.Ranges.Sum(range => range.ActiveUsers), input.Ranges.Sum(range => range.Memberships));
        IReadOnlyList<string> exceeded = input.DryRun ? [] : RemovalGuard.Exceeded(
            context.Settings.Options.RemovalLimits, before.ActiveUsers, planned.Deactivated, before.Memberships, planned.MembersRemoved);
        List<string> warnings = [.. forecasts.Select(forecast => forecast.Shortage()).OfType<string>(), .. exceeded];
        var hash = Hash(input);
        var run = await runs.UpdateAsync(
            input.RunId,
            record => record with
            {
                PlanHash = hash,
                Phase = exceeded.Count > 0 ? Phases.WaitingForApproval : Phases.Applying,
                Status = exceeded.Count > 0 ? RunStatus.WaitingForApproval : record.Status,
                Warnings = [.. record.Warnings.Except(warnings), .. warnings],
                Licences = forecasts,
                Totals = planned with
                {
                    GroupsRead = record.Totals.GroupsRead,
                    UsersRead = record.Totals.UsersRead,
                    MembershipsRead = record.Totals.MembershipsRead,
                    EntryProblems = record.Totals.EntryProblems,
                },
            },
            cancellationToken);
        if (exceeded.Count > 0)
        {
            LogWaiting(logger, input.DirectoryId, input.RunId);
            var deadline = time.GetUtcNow().AddHours(context.Settings.Options.RemovalLimits.ApprovalHours);
            await announcements.GuardWaitingAsync(run, context.Settings.Notifications, exceeded, deadline, cancellationToken);
        }

        return run.CancelRequested ? throw new RunCancelledException() : new GuardsChecked(hash, run.Totals, exceeded, before.ActiveUsers, before.Memberships);
    }

    [LoggerMessage(EventName = AlertEvents.GuardWaiting, Level = LogLevel.Warning, Message = "Directory {DirectoryId}: run {RunId} exceeds the removal limits and waits for approval")]
    private static partial void LogWaiting(ILogger logger, string directoryId, string runId);

    private static IEnumerable<SegmentSet> Licences(CheckGuardsInput input) => input.Licences is null ? [] : [input.Licences.Plan];

    private static string Hash(CheckGuardsInput input)
    {
        var parts = new[] { input.Reads.Groups.Plan.Hash }.Concat(input.Ranges.Select(range => range.Plan.Hash))
            .Concat(Licences(input).Select(plan => plan.Hash)).Append(input.Logins.Assignments.Hash);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', parts))));
    }
}
