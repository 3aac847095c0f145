using System.Security.Cryptography;
using System.Text;
using LdapSync.App.Notifications;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
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

public sealed partial class GuardCheck(
    RunStore runs, RoleStore roles, RunFiles files, StagingArea staging, RunAnnouncements announcements, TimeProvider time, ILogger<GuardCheck> logger)
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
        var hash = Hash(input);
        var exceeded = await ExceededAsync(input, context.Settings.Options.RemovalLimits, before, planned, hash, cancellationToken);
        List<string> warnings = [.. forecasts.Select(forecast => forecast.Shortage()).OfType<string>(), .. exceeded];
        var run = await runs.UpdateAsync(
            input.RunId,
            record => record with
            {
                PlanHash = hash,
                Phase = exceeded.Count > 0 ? Phases.WaitingForApproval : Phases.Applying,
                Status = exceeded.Count > 0 ? RunStatus.WaitingForApproval : RunStatus.Running,
                ApprovalDeadline = exceeded.Count > 0 ? time.GetUtcNow().AddHours(context.Settings.Options.RemovalLimits.ApprovalHours) : null,
                DecidedBy = exceeded.Count > 0 && record.PlanHash != hash ? null : record.DecidedBy,
                DecidedAt = exceeded.Count > 0 && record.PlanHash != hash ? null : record.DecidedAt,
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

        // Asked when the run can be seen to wait: whoever cancels it from now on tells the orchestration so.
        return await runs.IsCancelRequestedAsync(input.RunId, cancellationToken)
            ? throw new RunCancelledException()
            : new GuardsChecked(hash, run.Totals, exceeded, before.ActiveUsers, before.Memberships);
    }

    /// <summary>What a person has to look at; empty: the plan is applied.</summary>
    private async Task<IReadOnlyList<string>> ExceededAsync(
        CheckGuardsInput input, RemovalLimits limits, Population before, RunTotals planned, string hash, CancellationToken cancellationToken)
    {
        if (input.DryRun)
        {
            return [];
        }

        var exceeded = RemovalGuard.Exceeded(
            limits, before.ActiveUsers, planned.Deactivated + planned.Removed, before.Memberships, planned.MembersRemoved);
        if (input.Approved is null)
        {
            return exceeded;
        }

        await RefuseChangedRolesAsync(input, cancellationToken);
        return hash == input.Approved
            ? []
            : [.. exceeded, "The records were changed after the plan had been made that was approved: nothing has been applied. Look at the new plan, and approve or reject it."];
    }

    /// <summary>Which group a role follows was read with the groups: that cannot be planned again.</summary>
    private async Task RefuseChangedRolesAsync(CheckGuardsInput input, CancellationToken cancellationToken)
    {
        var current = (await roles.ListAsync(cancellationToken)).ToDictionary(role => role.Id, StringComparer.Ordinal);
        var links = await files.LoadLinksAsync(input.RunId, cancellationToken);
        var same = links.All(link => current.TryGetValue(link.RoleId, out var role) && role.GroupId == link.GroupId && role.LinkedAt == link.LinkedAt)
            && links.Count == current.Values.Count(role => role.IsLinked && role.DirectoryId == input.DirectoryId);
        if (input.Reads.Users.Count > 0 && !same)
        {
            throw new SyncRefusedException("Roles were linked, unlinked or removed while the plan waited for approval. Nothing was applied; start the synchronization again.");
        }

        await foreach (var operation in staging.ReadAsync(
            input.Reads.Groups.Plan, section => section == Sections.Roles, PlanFormat.Default.RoleOperation, cancellationToken))
        {
            if (!current.TryGetValue(operation.RoleId, out var role) || operation.Changes.Any(change => RoleApplication.Read(role, change.Field) is var value && value != change.Before && value != change.After))
            {
                throw new SyncRefusedException("Roles were changed while the plan waited for approval. Nothing was applied; start the synchronization again.");
            }
        }
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
