using LdapSync.Storage.Auditing;
using LdapSync.Storage.Connections;
using LdapSync.Storage.Records;
using LdapSync.Storage.Secrets;
using LdapSync.Storage.Staging;
using LdapSync.Storage.State;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LdapSync.Storage;

public static class StorageRegistration
{
    /// <summary>Registers every store as a singleton, with the settings <c>Records:*</c>, <c>KeyVault:Uri</c> and <c>Secrets:Folder</c>.</summary>
    public static IServiceCollection AddLdapSyncStorage(this IServiceCollection services, IConfiguration configuration) =>
        services.AddLdapSyncStorage(options => Read(configuration, options));

    /// <summary>Registers every store as a singleton. A <see cref="TimeProvider"/> must be registered beside.</summary>
    public static IServiceCollection AddLdapSyncStorage(this IServiceCollection services, Action<StorageOptions> configure)
    {
        services.AddSingleton(_ =>
        {
            var options = new StorageOptions();
            configure(options);
            options.Validate();
            return options;
        });
        services.AddSingleton<StorageClients>();
        services.AddSingleton(provider => Clients(provider).Audit);
        services.AddSingleton(provider => Clients(provider).AuditStore);
        services.AddSingleton(provider => new RecordsSetup(Clients(provider)));
        services.AddSingleton(provider => new UserStore(Clients(provider)));
        services.AddSingleton(provider => new LoginStore(Clients(provider)));
        services.AddSingleton(provider => new RoleStore(Clients(provider)));
        services.AddSingleton(provider => new MemberStore(Clients(provider)));
        services.AddSingleton(provider => new AccountStore(Clients(provider)));
        services.AddSingleton(provider => new JobTitleStore(Clients(provider)));
        services.AddSingleton(provider => new DirectoryStore(Clients(provider)));
        services.AddSingleton(provider => new RunStore(Clients(provider)));
        services.AddSingleton(provider => new LinkStore(Clients(provider)));
        services.AddSingleton(provider => new CollisionStore(Clients(provider)));
        services.AddSingleton(provider => new NotificationStore(Clients(provider)));
        services.AddSingleton(provider => new MailSettingsStore(Clients(provider)));
        services.AddSingleton(provider => new LicenceStore(Clients(provider)));
        services.AddSingleton(provider => new LicenceStateStore(Clients(provider)));
        services.AddSingleton(provider => new SignInStore(Clients(provider)));
        services.AddSingleton(provider => new SignInLimitStore(Clients(provider)));
        services.AddSingleton(provider => new StagingArea(Clients(provider)));
        services.AddSingleton(provider => new SyncStateStore(Clients(provider)));
        services.AddSingleton(provider => new ChangeStateStore(Clients(provider)));
        services.AddSingleton(provider => new DirtyMarks(provider.GetRequiredService<SyncStateStore>()));
        services.AddSingleton<ISecretStore>(provider =>
        {
            var options = provider.GetRequiredService<StorageOptions>();
            ISecretStore secrets = options.KeyVaultUri is null
                ? new FileSecretStore(options.SecretsFolder)
                : KeyVaultSecretStore.Connect(options, provider.GetRequiredService<TimeProvider>());
            return new AuditedSecretStore(secrets, Clients(provider).AuditStore);
        });
        return services;
    }

    private static StorageClients Clients(IServiceProvider provider) => provider.GetRequiredService<StorageClients>();

    private static void Read(IConfiguration configuration, StorageOptions options)
    {
        options.ConnectionString = Text("Records:ConnectionString");
        options.AccountName = Text("Records:AccountName");
        options.ManagedIdentityClientId = Text("Records:ManagedIdentityClientId");
        options.EndpointSuffix = Text("Records:EndpointSuffix") ?? options.EndpointSuffix;
        options.TablePrefix = Text("Records:TablePrefix") ?? options.TablePrefix;
        options.SecretsFolder = Text("Secrets:Folder");
        options.KeyVaultUri = Text("KeyVault:Uri") is { } vault ? new Uri(vault, UriKind.RelativeOrAbsolute) : null;

        string? Text(string key) => string.IsNullOrWhiteSpace(configuration[key]) ? null : configuration[key];
    }
}
