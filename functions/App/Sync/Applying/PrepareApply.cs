using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>
/// Activity: marks the sync state of the buckets of some ranges invalid before their records are touched. Whatever happens from here on,
/// no later run trusts a state that the records may have left behind.
/// </summary>
public sealed class PrepareApply(StateGuard guard, ILogger<PrepareApply> logger)
{
    [Function(nameof(PrepareApply))]
    public Task<Applied> Run([ActivityTrigger] PrepareApplyInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.RunId, nameof(PrepareApply), () => guard.InvalidateAsync(input, cancellationToken));
}

/// <summary>Activity: writes the sync state as it is after the plan, unless somebody changed records by hand meanwhile.</summary>
public sealed class CommitState(StateGuard guard, ILogger<CommitState> logger)
{
    [Function(nameof(CommitState))]
    public Task<Applied> Run([ActivityTrigger] CommitStateInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.RunId, nameof(CommitState), () => guard.CommitAsync(input, cancellationToken));
}
