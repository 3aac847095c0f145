namespace LdapSync.LocalRuntime.Hosting;

internal sealed class HostAddress(HostSettings settings, Http.HostKeys keys)
{
    public string Url { get; } = $"http://127.0.0.1:{settings.Port}";

    public string DurableKey => keys.Durable;
}
