using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplication
{
    /// <summary>Begins a function app. <c>--port N</c> among the arguments names the port that the local host listens on.</summary>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}

public class FunctionsApplicationBuilder : IHostApplicationBuilder
{
    private readonly WebApplicationBuilder web;
    private bool built;

    internal FunctionsApplicationBuilder(string[] args)
    {
        web = LdapSync.LocalRuntime.Hosting.LocalHost.CreateBuilder(args);
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)web).Properties;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public ConfigurationManager Configuration => web.Configuration;

    public IHostEnvironment Environment => web.Environment;

    public ILoggingBuilder Logging => web.Logging;

    public IMetricsBuilder Metrics => web.Metrics;

    public IServiceCollection Services => web.Services;

    /// <exception cref="InvalidOperationException">It was built before, or a function cannot work: the message names it and what is wrong.</exception>
    public IHost Build()
    {
        if (built)
        {
            throw new InvalidOperationException("The application has already been built.");
        }

        built = true;
        return LdapSync.LocalRuntime.Hosting.LocalHost.Build(web);
    }

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)web).ConfigureContainer(factory, configure);
}

public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>Serves HTTP triggers with ASP.NET Core's types; without it the app has no HTTP functions.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        builder.Properties[LdapSync.LocalRuntime.Hosting.LocalHost.WebApplicationKey] = true;
        return builder;
    }
}
