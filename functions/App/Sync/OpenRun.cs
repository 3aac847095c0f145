using LdapSync.Core.Licences;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Sync;

/// <summary>Activity: takes the directory for the run, and keeps the settings that it works with.</summary>
public sealed class OpenRun(RunOpening opening, ILogger<OpenRun> logger)
{
    [Function(nameof(OpenRun))]
    public Task<RunOpened> Run([ActivityTrigger] SyncRequest request, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, request.RunId, nameof(OpenRun), () => opening.OpenAsync(request, cancellationToken));
}

public sealed class RunOpening(
    DirectoryStore directories, RoleStore roles, RunStore runs, RunFiles files, ModeChoice modes, LicenceStore licences, IOptions<SyncOptions> options, TimeProvider time)
{
    public async Task<RunOpened> OpenAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var run = await runs.GetAsync(request.RunId, cancellationToken)
            ?? throw new SyncRefusedException("The run's record is missing; start another run.");
        if (run.Finished is not null)
        {
            return new RunOpened(false, request.Mode, 0, 0, 0);
        }

        var directory = await TakeAsync(request, cancellationToken);
        if (directory is null)
        {
            await runs.ReplaceAsync(run with { Status = RunStatus.Cancelled, Finished = time.GetUtcNow(), Error = "Another run holds the directory." }, cancellationToken);
            return new RunOpened(false, request.Mode, 0, 0, 0);
        }

        var linked = (await roles.ListAsync(cancellationToken)).Where(role => role.IsLinked && role.DirectoryId == request.DirectoryId).ToList();
        var (mode, reason, before) = await modes.ChooseAsync(request.Mode, directory, linked, cancellationToken);
        var started = run.Started ?? time.GetUtcNow();
        await files.SaveContextAsync(
            request.RunId, new RunContext(directory.Id, directory.Settings, mode, directory.Watermark, started) { Before = before }, cancellationToken);
        await runs.ReplaceAsync(
            run with { Status = RunStatus.Running, Mode = mode, RequestedMode = request.Mode, ModeReason = reason, Phase = Phases.Reading, Started = started }, cancellationToken);
        return new RunOpened(
            true, mode, options.Value.RetrySeconds, Math.Max(2, directory.Settings.Connection.MaxConnections), directory.Settings.Options.RemovalLimits.ApprovalHours,
            directory.Settings.Groups.Membership != MembershipSource.Filter,
            await HasLicencesAsync(directory.Settings.Options, cancellationToken));
    }

    /// <summary>Without products to look after, a run does not spend a step on them. A product that went leaves a state behind that no longer fits.</summary>
    private async Task<bool> HasLicencesAsync(OptionSettings options, CancellationToken cancellationToken) =>
        options.LicenceProducts.Count > 0 || (await licences.ListAsync(cancellationToken)).Any(product => LicencePlanner.IsInScope(options, product.Id));

    /// <summary>The lease: beside the fixed instance id of the orchestration, which has a gap between looking and starting.</summary>
    private async Task<DirectoryRecord?> TakeAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var directory = await directories.GetAsync(request.DirectoryId, cancellationToken)
                ?? throw new SyncRefusedException($"There is no directory '{request.DirectoryId}' any more.");
            if (directory.ActiveRunId == request.RunId)
            {
                return directory;
            }

            if (directory.ActiveRunId is not null && await runs.GetAsync(directory.ActiveRunId, cancellationToken) is { Finished: null })
            {
                return null;
            }

            try
            {
                return await directories.ReplaceAsync(directory with { ActiveRunId = request.RunId }, cancellationToken);
            }
            catch (RecordChangedException)
            {
                // Settings were saved, or another run was faster: look again.
            }
        }
    }
}
