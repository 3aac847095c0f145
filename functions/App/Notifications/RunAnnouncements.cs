using LdapSync.Core.Licences;
using LdapSync.Core.Notifications;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Notifications;

/// <summary>Rules N1 to N6: tells of runs. Can be repeated: ids follow from the causes, and what goes on is told of once.</summary>
public sealed partial class RunAnnouncements(
    NotificationOutbox outbox, NotificationStore store, DirectoryStore directories, RoleStore roles, LicenceStateStore licences, UserStore users, ILogger<RunAnnouncements> logger)
{
    private const string UnreachableKey = "unreachable";
    private const string ShortageKey = "shortage.";
    private const string GroupKey = "group.";

    /// <summary>Rule N3.</summary>
    public Task GuardWaitingAsync(RunRecord run, NotificationSettings settings, IReadOnlyList<string> exceeded, DateTimeOffset deadline, CancellationToken cancellationToken) =>
        GuardedAsync(run.Id, () => outbox.AddAsync(RunMessages.GuardWaiting(run, exceeded, deadline), settings, null, cancellationToken));

    /// <summary>Rules N1, N2, N4 and N5.</summary>
    /// <param name="run">As it ended.</param>
    /// <param name="unreachable">It failed because the directory could not be reached.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task ClosedAsync(RunRecord run, bool unreachable, CancellationToken cancellationToken) => GuardedAsync(run.Id, async () =>
    {
        // As they are now: whoever has just corrected an address expects it to be used.
        if (await directories.GetAsync(run.DirectoryId, cancellationToken) is not { } directory)
        {
            return;
        }

        var settings = directory.Settings.Notifications;
        await outbox.AddAsync(RunMessages.Closed(run), settings, Starter(run), cancellationToken);
        if (run.UndoOf is not null)
        {
            // It has neither read the directory nor looked for who lacks a licence: what goes on goes on (N6).
            return;
        }

        var causes = await store.ReadCausesAsync(run.DirectoryId, cancellationToken);
        await TellUnreachableAsync(run, settings, causes, unreachable, cancellationToken);
        if (run is { Status: RunStatus.Completed, DryRun: false })
        {
            await TellShortagesAsync(run, settings, causes, cancellationToken);
            await TellGroupsAsync(run, settings, causes, cancellationToken);
        }
    });

    /// <summary>Who asked to be told; else, of a run that failed, who started it by hand, where the name is an address.</summary>
    private static string? Starter(RunRecord run) => run.NotifyEmail
        ?? (run is { Status: RunStatus.Failed, Trigger: RunTrigger.Manual, StartedBy: { } name } && MailRules.AddressProblem(name) is null ? name : null);

    private async Task TellUnreachableAsync(
        RunRecord run, NotificationSettings settings, IReadOnlyDictionary<string, NotificationCause> causes, bool unreachable, CancellationToken cancellationToken)
    {
        var known = causes.GetValueOrDefault(UnreachableKey);
        if (!unreachable)
        {
            if (known is not null && run.Status != RunStatus.Cancelled)
            {
                await store.DeleteCauseAsync(run.DirectoryId, UnreachableKey, cancellationToken);
            }

            return;
        }

        var cause = known ?? new NotificationCause(UnreachableKey, run.Finished!.Value, 0, "", Told: false);
        cause = cause.RunId == run.Id ? cause : cause with { Level = cause.Level + 1, RunId = run.Id };
        if (!cause.Told && cause.Level >= settings.UnreachableRuns)
        {
            await outbox.AddAsync(RunMessages.Unreachable(run, cause), settings, null, cancellationToken);
            cause = cause with { Told = true };
        }

        await store.PutCauseAsync(run.DirectoryId, cause, cancellationToken);
    }

    private async Task TellShortagesAsync(
        RunRecord run, NotificationSettings settings, IReadOnlyDictionary<string, NotificationCause> causes, CancellationToken cancellationToken)
    {
        var missing = run.Licences.Where(forecast => forecast.Missing > 0).ToDictionary(forecast => ShortageKey + forecast.ProductId, StringComparer.Ordinal);
        foreach (var (key, forecast) in missing)
        {
            // Again only when more people wait than were told of.
            var known = causes.GetValueOrDefault(key);
            if (known is null || known.Level < forecast.Missing)
            {
                var waiting = await WaitingAsync(run.DirectoryId, forecast, cancellationToken);
                await outbox.AddAsync(RunMessages.Shortage(run, forecast, waiting), settings, null, cancellationToken);
                LogShortage(logger, run.DirectoryId, run.Id, forecast.ProductId, forecast.Missing);
                await store.PutCauseAsync(
                    run.DirectoryId, new NotificationCause(key, known?.Opened ?? run.Finished!.Value, forecast.Missing, run.Id, Told: true), cancellationToken);
            }
        }

        await EndAsync(run, causes.Keys.Where(key => key.StartsWith(ShortageKey, StringComparison.Ordinal) && !missing.ContainsKey(key)), cancellationToken);
    }

    private async Task TellGroupsAsync(
        RunRecord run, NotificationSettings settings, IReadOnlyDictionary<string, NotificationCause> causes, CancellationToken cancellationToken)
    {
        var missing = (await roles.ListAsync(cancellationToken))
            .Where(role => role.IsLinked && role.DirectoryId == run.DirectoryId && role.GroupMissingSince is not null)
            .ToDictionary(role => GroupKey + role.Id, StringComparer.Ordinal);
        foreach (var (key, role) in missing.Where(role => !causes.ContainsKey(role.Key)))
        {
            await outbox.AddAsync(RunMessages.GroupMissing(run, role), settings, null, cancellationToken);
            await store.PutCauseAsync(run.DirectoryId, new NotificationCause(key, role.GroupMissingSince!.Value, 1, run.Id, Told: true), cancellationToken);
        }

        await EndAsync(run, causes.Keys.Where(key => key.StartsWith(GroupKey, StringComparison.Ordinal) && !missing.ContainsKey(key)), cancellationToken);
    }

    private async Task EndAsync(RunRecord run, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            await store.DeleteCauseAsync(run.DirectoryId, key, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>> WaitingAsync(string directoryId, LicenceForecast forecast, CancellationToken cancellationToken)
    {
        var waiting = (await licences.ReadAsync(directoryId, cancellationToken))?.Waiting.GetValueOrDefault(forecast.ProductId)?.Take(RunMessages.MostItems).ToList() ?? [];
        var records = await users.GetManyAsync([.. waiting.Select(waiter => waiter.UserId)], cancellationToken);
        return [.. waiting.Select(waiter => records.GetValueOrDefault(waiter.UserId)).OfType<UserRecord>().Select(user => $"{user.FullName} ({user.Login})")];
    }

    /// <summary>Telling of a run must not keep it from ending: what is not storage being away is an error of ours, for the log.</summary>
    private async Task GuardedAsync(string runId, Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception unexpected) when (unexpected is not (OperationCanceledException or StorageUnavailableException))
        {
            LogUnexpected(logger, runId, unexpected.GetType().FullName ?? "", unexpected.StackTrace ?? "");
        }
    }

    // An alert looks for the name of this event (infra/modules).
    [LoggerMessage(EventName = AlertEvents.LicenceShortage, Level = LogLevel.Warning, Message = "Directory {DirectoryId}: run {RunId} needs {Missing} more licences of {ProductId} than there are")]
    private static partial void LogShortage(ILogger logger, string directoryId, string runId, string productId, int missing);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}: its notifications failed unexpectedly: {Type} at {Place}")]
    private static partial void LogUnexpected(ILogger logger, string runId, string type, string place);
}
