using LdapSync.Core.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: one whole paged search (a paging cookie belongs to its connection), streamed into segments by bucket.</summary>
public sealed class ReadUsers(UserReading reading, ILogger<ReadUsers> logger)
{
    [Function(nameof(ReadUsers))]
    public Task<UsersRead> Run([ActivityTrigger] ReadUsersInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.RunId, nameof(ReadUsers), () => input.Mode == RunMode.Full
            ? reading.ReadEverybodyAsync(input.RunId, cancellationToken)
            : reading.ReadChangedAsync(input.RunId, cancellationToken));
}
