using Microsoft.Extensions.Configuration;

namespace LdapSync.LocalRuntime.Testing;

internal static class ConfigurationExtensions
{
    public static void AddInMemory(this IConfigurationBuilder settings, IEnumerable<KeyValuePair<string, string?>> values) =>
        settings.AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value)));
}
