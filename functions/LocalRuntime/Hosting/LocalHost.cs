using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace LdapSync.LocalRuntime.Hosting;

internal static class LocalHost
{
    public const string WebApplicationKey = "LdapSync.LocalRuntime.WebApplication";

    public static WebApplicationBuilder CreateBuilder(string[] args) => WebApplication.CreateBuilder(args);

    public static IHost Build(WebApplicationBuilder web) => web.Build();
}
