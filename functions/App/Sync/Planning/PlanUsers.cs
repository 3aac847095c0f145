using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: joins the staged entries of a range of buckets with what is stored, and writes the plan.</summary>
public sealed class PlanUsers(RangePlanning planning, ILogger<PlanUsers> logger)
{
    [Function(nameof(PlanUsers))]
    public Task<RangePlanned> Run([ActivityTrigger] PlanRangeInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.Part.RunId, nameof(PlanUsers), () => planning.PlanAsync(input, cancellationToken));
}
