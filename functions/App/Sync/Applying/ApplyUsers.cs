using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: writes the user records of a range as planned.</summary>
public sealed class ApplyUsers(UserApplication application, ILogger<ApplyUsers> logger)
{
    [Function(nameof(ApplyUsers))]
    public Task<Applied> Run([ActivityTrigger] ApplyRangeInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.Part.RunId, nameof(ApplyUsers), () => application.ApplyAsync(input, cancellationToken));
}
