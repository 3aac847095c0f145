using System.Globalization;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Collisions;
using LdapSync.App.Directories;
using LdapSync.App.Explanations;
using LdapSync.App.Licences;
using LdapSync.App.Notifications;
using LdapSync.App.Operations;
using LdapSync.App.Pages;
using LdapSync.App.Roles;
using LdapSync.App.Runs;
using LdapSync.App.Settings;
using LdapSync.App.SignIns;
using LdapSync.App.Sync;
using LdapSync.App.Users;
using LdapSync.Core.Reading;
using LdapSync.Ldap;
using LdapSync.Storage;
using LdapSync.Storage.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LdapSync.App;

/// <summary>What the functions are made of.</summary>
public static class AppServices
{
    public static IServiceCollection AddLdapSync(this IServiceCollection services, IConfiguration configuration)
    {
        // A web server writes the address of each request, and addresses have logins and keys in them (?login=, ?code=).
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning));
        services.AddSingleton(TimeProvider.System);
        services.Configure<SyncOptions>(configuration.GetSection("Sync"));
        services.AddLdapSyncStorage(configuration);
        services.AddSingleton<IDirectoryClient>(provider => DirectoryClients.Create(
            configuration["Ldap:Client"], provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ISecretStore>().GetAsync));

        // Who calls
        services.AddSingleton(CallerOptions.Read(configuration));
        services.AddSingleton<CurrentCaller>();
        services.AddSingleton<CallerGate>();

        services.AddNotifications(configuration);

        // Reading
        services.AddSingleton<DirectorySessions>();
        services.AddSingleton<RunSessions>();
        services.AddSingleton<GroupReading>();
        services.AddSingleton<UserReading>();
        services.AddSingleton<MemberReading>();
        services.AddSingleton<GroupMemberReading>();
        services.AddSingleton<MemberJoin>();
        services.AddSingleton<DeltaReading>();
        services.AddSingleton<ModeChoice>();
        services.AddSingleton<ChangesKeeping>();

        // Planning
        services.AddSingleton<RunFiles>();
        services.AddSingleton<RunProgress>();
        services.AddSingleton<ReadCompletion>();
        services.AddSingleton<SyncStateLoader>();
        services.AddSingleton<RunContexts>();
        services.AddSingleton<RangePlanning>();
        services.AddSingleton<LoginResolution>();
        services.AddSingleton<RangeAmending>();
        services.AddSingleton<LicenceCandidates>();
        services.AddSingleton<LicencePlanning>();
        services.AddSingleton<GuardCheck>();

        // Applying
        services.AddSingleton<StateGuard>();
        services.AddSingleton<RoleApplication>();
        services.AddSingleton<LoginApplication>();
        services.AddSingleton<AbandonedLogins>();
        services.AddSingleton<UserApplication>();
        services.AddSingleton<MemberApplication>();
        services.AddSingleton<LicenceApplication>();

        // The API
        services.AddSingleton<DirectoryLookup>();
        services.AddSingleton<DirectoryRemoval>();
        services.AddSingleton<SettingsTrial>();
        services.AddSingleton<SettingsEditor>();
        services.AddSingleton<RoleEditor>();
        services.AddSingleton<RoleImport>();
        services.AddSingleton<UserEditor>();
        services.AddSingleton<UserViews>();
        services.AddSingleton<CollisionQueue>();

        services.AddSingleton<PersonHistory>();
        services.AddSingleton<Explanation>();

        // Signing in
        services.Configure<SignInOptions>(options => options.TrustedProxies = int.TryParse(
            configuration["SignIn:TrustedProxies"], NumberStyles.None, CultureInfo.InvariantCulture, out var proxies) ? proxies : 0);
        services.AddSingleton<SignInPurge>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<SignInDirectory>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<RunJournal>();
        services.AddSingleton<RunDecisions>();
        services.AddSingleton<RoleMembers>();
        services.AddAdminPages(configuration);
        services.AddSingleton<LicenceEditor>();
        services.AddSingleton<LicenceViews>();

        // Operations
        services.Configure<RetentionOptions>(configuration.GetSection("Retention"));
        services.AddSingleton<Purge>();
        services.AddSingleton<HealthCheck>();

        // Runs
        services.AddSingleton<ApiCalls>();
        services.AddSingleton<SyncStarter>();
        services.AddSingleton<RunOpening>();
        services.AddSingleton<RunClosing>();
        services.AddSingleton<RunUndo>();
        services.AddSingleton<UndoOpening>();
        services.AddSingleton<UndoPlanning>();
        services.AddSingleton<UndoLicencePlanning>();
        services.AddSingleton<CollisionRecording>();
        return services;
    }
}
