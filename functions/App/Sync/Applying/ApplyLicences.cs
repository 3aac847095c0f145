using LdapSync.Core.Formats;
using LdapSync.Core.Licences;
using LdapSync.Core.Planning;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using LdapSync.Storage.State;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: takes licences back and grants them as planned.</summary>
public sealed class ApplyLicences(LicenceApplication application, ILogger<ApplyLicences> logger)
{
    [Function(nameof(ApplyLicences))]
    public Task<Applied> Run([ActivityTrigger] ApplyLicencesInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.RunId, nameof(ApplyLicences), () => application.ApplyAsync(input, cancellationToken));
}

public sealed record ApplyLicencesInput(string DirectoryId, string RunId, LicencesPlanned Licences);

/// <summary>
/// Applies licence operations: exactly the planned ones, as often as one likes with the same result. One that no longer fits the records (all licences are
/// granted meanwhile, the user was not activated or not deactivated after all) is left out and counted.
/// </summary>
public sealed class LicenceApplication(StagingArea staging, LicenceStore licences, LicenceStateStore states, UserStore users, RunProgress progress, TimeProvider time)
{
    private const int WritesAtATime = 990;

    public async Task<Applied> ApplyAsync(ApplyLicencesInput input, CancellationToken cancellationToken)
    {
        var (directoryId, plan) = (input.DirectoryId, input.Licences.Plan);
        var mark = await states.InvalidateAsync(directoryId, cancellationToken);
        var reporter = progress.Start(input.RunId, "licences", Phases.Applying, input.Licences.Forecasts.Sum(forecast => (long)forecast.Grants + forecast.Reclaims));
        var applied = new Applied(0, 0);
        foreach (var section in (await staging.SectionsAsync(plan, cancellationToken)).Keys.Where(Sections.IsLicences))
        {
            var operations = staging.ReadAsync(plan, section, PlanFormat.Default.LicenceOperation, cancellationToken);
            await foreach (var chunk in operations.Chunk(WritesAtATime).WithCancellation(cancellationToken))
            {
                var done = await WriteAsync(directoryId, chunk, cancellationToken);
                applied = new Applied(applied.Done + done, applied.Conflicts + chunk.Length - done);
                await reporter.AdvanceAsync(applied.Done + applied.Conflicts, cancellationToken);
            }
        }

        // Where anything was left out there stays no state, and the next run looks at everybody.
        if (applied.Conflicts == 0)
        {
            await foreach (var state in staging.ReadAsync(plan, Sections.LicenceState, cancellationToken))
            {
                await states.WriteAsync(directoryId, LicenceStateFormat.Read(state.Span)!, mark, cancellationToken);
            }
        }

        await reporter.FinishAsync(applied.Done + applied.Conflicts, cancellationToken);
        return applied;
    }

    /// <param name="directoryId">Of the run.</param>
    /// <param name="operations">Of one product.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many are in the records now.</returns>
    public async Task<long> WriteAsync(string? directoryId, IReadOnlyList<LicenceOperation> operations, CancellationToken cancellationToken)
    {
        var records = await users.GetManyAsync([.. operations.Select(operation => operation.UserId)], cancellationToken);
        var writes = operations.Where(operation => Fits(operation, records.GetValueOrDefault(operation.UserId)?.Active))
            .Select(operation => new LicenceWrite(operation.UserId, operation.Add ? new LicenceGrant(operation.UserId, directoryId, time.GetUtcNow()) : null))
            .ToList();
        var outcomes = writes.Count == 0 ? [] : await licences.WriteAsync(operations[0].ProductId, writes, cancellationToken);
        return outcomes.LongCount(outcome => outcome == LicenceOutcome.Done);
    }

    /// <param name="operation">Planned.</param>
    /// <param name="active">As the record is now; null: there is none.</param>
    private static bool Fits(LicenceOperation operation, bool? active) => operation.Rule switch
    {
        Rule.GrantLicence when operation.Add => active == true,
        Rule.ReclaimLicence when !operation.Add => active != true,
        _ => true,
    };
}
