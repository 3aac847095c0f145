using Microsoft.Azure.Functions.Worker;

namespace LdapSync.LocalRuntime.Http
{
    internal static class ManagementAddresses
    {
        /// <param name="webhooks">Scheme, host and path of the durable web hooks.</param>
        /// <param name="query">What every address carries, e.g. the key; may be empty.</param>
        public static HttpManagementPayload Of(string webhooks, string instanceId, string query)
        {
            var instance = $"{webhooks}/instances/{Uri.EscapeDataString(instanceId)}";
            var plain = query.Length == 0 ? "" : "?" + query;
            var more = query.Length == 0 ? "" : "&" + query;
            return new HttpManagementPayload
            {
                Id = instanceId,
                StatusQueryGetUri = instance + plain,
                PurgeHistoryDeleteUri = instance + plain,
                SendEventPostUri = $"{instance}/raiseEvent/{{eventName}}{plain}",
                TerminatePostUri = $"{instance}/terminate?reason={{text}}{more}",
                SuspendPostUri = $"{instance}/suspend?reason={{text}}{more}",
                ResumePostUri = $"{instance}/resume?reason={{text}}{more}",
            };
        }
    }
}

namespace LdapSync.LocalRuntime
{
    /// <summary>Where a client's host listens, and the key that its durable web hooks take.</summary>
    internal interface IHostAddress
    {
        string HttpBaseUrl { get; }

        string? Key { get; }
    }
}
