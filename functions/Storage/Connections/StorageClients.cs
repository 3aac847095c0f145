using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using LdapSync.Storage.Auditing;

namespace LdapSync.Storage.Connections;

/// <summary>The clients of the one storage account, with the project's retries, and the names of tables and containers.</summary>
internal sealed class StorageClients
{
    private readonly TableServiceClient tables;
    private readonly BlobServiceClient blobs;
    private readonly string prefix;
    private readonly Lazy<AuditStore> auditStore;

    public StorageClients(StorageOptions options, TimeProvider time)
    {
        options.Validate();
        prefix = options.TablePrefix;
        auditStore = new Lazy<AuditStore>(() => new AuditStore(this, time));
        var tableOptions = new TableClientOptions();
        Harden(tableOptions, new UnavailablePolicy("Table storage", "Storage Table Data Contributor"), TimeSpan.FromSeconds(7));
        var blobOptions = new BlobClientOptions();
        Harden(blobOptions, new UnavailablePolicy("Blob storage", "Storage Blob Data Contributor"), TimeSpan.FromSeconds(20));
        if (!string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            tables = new TableServiceClient(options.ConnectionString, tableOptions);
            blobs = new BlobServiceClient(options.ConnectionString, blobOptions);
            return;
        }

        var credential = Credential(options);
        tables = new TableServiceClient(new Uri($"https://{options.AccountName}.table.{options.EndpointSuffix}"), credential, tableOptions);
        blobs = new BlobServiceClient(new Uri($"https://{options.AccountName}.blob.{options.EndpointSuffix}"), credential, blobOptions);
    }

    /// <summary>On whose behalf the current code writes.</summary>
    public AuditScope Audit { get; } = new();

    public AuditStore AuditStore => auditStore.Value;

    public TableClient Table(string name) => tables.GetTableClient(prefix + name);

    public BlobContainerClient Container(string name) => blobs.GetBlobContainerClient($"{prefix.ToLowerInvariant()}-{name}");

    /// <summary>Exponential, and modest: a service that is away is reported after some seconds, and the activity above tries again later.</summary>
    public static void Harden(ClientOptions options, UnavailablePolicy policy, TimeSpan networkTimeout)
    {
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(400);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        options.Retry.NetworkTimeout = networkTimeout;
        options.AddPolicy(policy, HttpPipelinePosition.PerCall);
    }

    public static DefaultAzureCredential Credential(StorageOptions options) => new(new DefaultAzureCredentialOptions
    {
        ManagedIdentityClientId = options.ManagedIdentityClientId,
        ExcludeInteractiveBrowserCredential = true,
    });
}
