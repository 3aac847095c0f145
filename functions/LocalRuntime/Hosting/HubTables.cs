using Azure.Data.Tables;
using LdapSync.LocalRuntime.Engine;
using LdapSync.LocalRuntime.Timers;

namespace LdapSync.LocalRuntime.Hosting;

/// <summary>The task hub's tables. Their names differ from those of the Durable extension, which may share the account.</summary>
internal sealed class HubTables
{
    /// <exception cref="InvalidOperationException">The storage setting is missing, or the hub's name cannot begin a table's name.</exception>
    public HubTables(HostSettings settings)
    {
        var storage = settings.Storage ?? throw new InvalidOperationException(
            $"The setting '{HostSettings.StorageSetting}' is missing: durable functions and timers keep their state there. Name a storage connection string.");
        if (settings.HubName.Length is < 1 or > 45 || !settings.HubName.All(char.IsAsciiLetterOrDigit) || !char.IsAsciiLetter(settings.HubName[0]))
        {
            throw new InvalidOperationException($"host.json, extensions.durableTask.hubName: '{settings.HubName}' must have 1 to 45 letters and digits and begin with a letter.");
        }

        // An answer that got lost is asked for again in seconds; the library's own limit is 100 of them.
        var options = new TableClientOptions();
        options.Retry.NetworkTimeout = settings.StorageTimeout;
        options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        var service = new TableServiceClient(storage, options);
        Instances = new InstanceStore(service.GetTableClient(settings.HubName + "LocalInstances"));
        Timers = new TimerStore(service.GetTableClient(settings.HubName + "LocalTimers"));
    }

    public InstanceStore Instances { get; }

    public TimerStore Timers { get; }
}
