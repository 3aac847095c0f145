using LdapSync.Core.Licences;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: once users and members are planned, who gets a licence, whose goes back, who waits (L1 to L3).</summary>
public sealed class PlanLicences(LicencePlanning planning, ILogger<PlanLicences> logger)
{
    [Function(nameof(PlanLicences))]
    public Task<LicencesPlanned> Run([ActivityTrigger] PlanLicencesInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.RunId, nameof(PlanLicences), () => planning.PlanAsync(input, cancellationToken));
}

public sealed record PlanLicencesInput(string DirectoryId, string RunId, IReadOnlyList<RangePlanned> Ranges);

/// <param name="Plan">Operations by product, notes, and the state that follows.</param>
/// <param name="Forecasts">By product.</param>
/// <param name="StateChanged">The state has to be written.</param>
public sealed record LicencesPlanned(SegmentSet Plan, IReadOnlyList<LicenceForecast> Forecasts, bool StateChanged)
{
    public bool HasOperations => Forecasts.Any(forecast => forecast.Grants + forecast.Reclaims > 0);
}
