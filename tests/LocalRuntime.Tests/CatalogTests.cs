using LdapSync.LocalRuntime.Hosting;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

public sealed class CatalogTests
{
    /// <summary>Reflection may give two threads that ask at the same first moment different objects for one parameter, and keep one of them.</summary>
    [Fact]
    public async Task Trigger_OfHostsThatStartTogether_IsKnownToEach()
    {
        // Each closed type has a method that nobody has looked at.
        foreach (var type in typeof(string).Assembly.GetTypes().Where(type => type is { IsPublic: true, IsClass: true, ContainsGenericParameters: false, IsAbstract: false }).Take(400))
        {
            var functions = typeof(Probe<>).MakeGenericType(type);
            using var together = new Barrier(2);
            var catalogs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                together.SignalAndWait();
                return new FunctionCatalog(new FunctionSource([functions]));
            })));

            Assert.All(catalogs, catalog => Assert.Contains(catalog.All.Single().Method.GetParameters(), catalog.All.Single().IsTrigger));
        }
    }

    private static class Probe<T>
    {
        [Function("Probe")]
        public static string Run([ActivityTrigger] string input) => $"{typeof(T)} {input}";
    }
}
