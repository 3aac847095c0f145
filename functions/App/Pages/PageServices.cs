using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LdapSync.App.Pages;

internal static class PageServices
{
    public static void AddAdminPages(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRazorComponents();

        // Rendering brings data protection along. Nothing uses it here, so no key of it is to lie on a disk.
        services.Configure<KeyManagementOptions>(keys => (keys.XmlRepository, keys.XmlEncryptor) = (new NothingKept(), new NullXmlEncryptor()));
        services.Configure<PageOptions>(configuration.GetSection("AdminPages"));
        services.AddSingleton<PageSessions>();
        services.AddSingleton<PageVisitors>();
        services.AddSingleton<PageCalls>();
        services.AddSingleton<OverviewModels>();
        services.AddSingleton<SetupModels>();
        services.AddSingleton<RunModels>();
        services.AddSingleton<RoleModels>();
        services.AddSingleton<RoleImportModels>();
        services.AddSingleton<UserModels>();
        services.AddSingleton<ExplainModels>();
    }

    private sealed class NothingKept : IXmlRepository
    {
        private readonly ConcurrentBag<XElement> elements = [];

        public IReadOnlyCollection<XElement> GetAllElements() => [.. elements];

        public void StoreElement(XElement element, string friendlyName) => elements.Add(element);
    }
}
