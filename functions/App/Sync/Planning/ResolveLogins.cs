using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: settles who gets which login over all ranges together (U5).</summary>
public sealed class ResolveLogins(LoginResolution resolution, ILogger<ResolveLogins> logger)
{
    [Function(nameof(ResolveLogins))]
    public Task<LoginsResolved> Run([ActivityTrigger] ResolveLoginsInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.RunId, nameof(ResolveLogins), () => resolution.ResolveAsync(input, cancellationToken));
}
