using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: mode <em>changed</em>, the attributes of users that planning asked for by id.</summary>
public sealed class ReadMissingUsers(UserReading reading, ILogger<ReadMissingUsers> logger)
{
    [Function(nameof(ReadMissingUsers))]
    public Task<SegmentSet> Run([ActivityTrigger] RangePlanned range, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, range.Part.RunId, nameof(ReadMissingUsers), () => reading.ReadMissingAsync(range, cancellationToken));
}
