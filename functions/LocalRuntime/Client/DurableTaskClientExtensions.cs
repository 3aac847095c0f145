using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;

namespace Microsoft.Azure.Functions.Worker;

public static class DurableTaskClientExtensions
{
    /// <summary>The addresses under which the host shows and steers an instance.</summary>
    public static HttpManagementPayload CreateHttpManagementPayload(
        this DurableTaskClient client, string instanceId, HttpRequestData? request = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var host = request?.Url.GetLeftPart(UriPartial.Authority) ?? (client as LdapSync.LocalRuntime.IHostAddress)?.HttpBaseUrl
            ?? throw new InvalidOperationException("The client does not come from this host: pass the request.");
        var key = (client as LdapSync.LocalRuntime.IHostAddress)?.Key is { } code ? $"code={Uri.EscapeDataString(code)}" : "";
        return LdapSync.LocalRuntime.Http.ManagementAddresses.Of($"{host}/runtime/webhooks/durabletask", instanceId, key);
    }
}

public class HttpManagementPayload
{
    public string? Id { get; internal set; }

    public string? StatusQueryGetUri { get; internal set; }

    public string? SendEventPostUri { get; internal set; }

    public string? TerminatePostUri { get; internal set; }

    public string? RewindPostUri { get; internal set; }

    public string? PurgeHistoryDeleteUri { get; internal set; }

    public string? RestartPostUri { get; internal set; }

    public string? SuspendPostUri { get; internal set; }

    public string? ResumePostUri { get; internal set; }
}
