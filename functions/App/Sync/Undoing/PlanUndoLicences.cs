using LdapSync.Core.Formats;
using LdapSync.Core.Licences;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: licences that a run granted go back, and those that it took are granted again.</summary>
public sealed class PlanUndoLicences(UndoLicencePlanning planning, ILogger<PlanUndoLicences> logger)
{
    [Function(nameof(PlanUndoLicences))]
    public Task<LicencesPlanned> Run([ActivityTrigger] SyncRequest request, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, request.RunId, nameof(PlanUndoLicences), () => planning.PlanAsync(request, cancellationToken));
}

/// <summary>Where a licence is as the run left it, it becomes what it was; the applying step refuses what no longer fits (all granted meanwhile).</summary>
public sealed class UndoLicencePlanning(RunFiles files, StagingArea staging, LicenceStore licences)
{
    public async Task<LicencesPlanned> PlanAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var journal = await files.FindPlanAsync(request.UndoOf!, cancellationToken)
            ?? throw new SyncRefusedException("The journal of the run to take back is no longer kept.");
        var applied = new List<LicenceOperation>();
        foreach (var set in journal.Sets)
        {
            await foreach (var operation in staging.ReadAsync(set, Sections.IsLicences, PlanFormat.Default.LicenceOperation, cancellationToken))
            {
                applied.Add(operation);
            }
        }

        var writer = files.CreateWriter(RunFiles.PlanFolder(request.RunId), "licences");
        var forecasts = new List<LicenceForecast>();
        foreach (var product in await licences.ListAsync(cancellationToken))
        {
            var operations = applied.Where(operation => operation.ProductId == product.Id).ToList();
            var holders = await licences.HoldersAsync(product.Id, [.. operations.Select(operation => operation.UserId)], cancellationToken);
            var inverse = operations.Where(operation => operation.Add == holders.Contains(operation.UserId)).Select(operation => operation with { Add = !operation.Add }).ToList();
            inverse.ForEach(operation => writer.Add(Sections.LicencesOf(product.Id), operation, PlanFormat.Default.LicenceOperation));
            var grants = inverse.Count(operation => operation.Add);
            forecasts.Add(new LicenceForecast(product.Id, product.Name, product.Total, product.Granted, grants, inverse.Count - grants, Missing: 0));
        }

        return new LicencesPlanned(await writer.CompleteAsync(cancellationToken), forecasts, StateChanged: false);
    }
}
