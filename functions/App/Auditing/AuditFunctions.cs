using System.Text.Json.Nodes;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.Core.Auditing;
using LdapSync.Storage.Auditing;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Auditing;

/// <param name="Kind">role, user, member, directory, secret, run, account, jobTitle ...</param>
/// <param name="Before">The fields that changed, as they were.</param>
/// <param name="After">The fields that changed, as they became.</param>
/// <param name="Confirmed">False: the service ended while the change was being made; look at the record itself.</param>
public sealed record AuditView(
    string Id, DateTimeOffset When, string WhoId, string Who, string Kind, AuditAction Action, string Subject, JsonNode? Before, JsonNode? After, bool Confirmed)
{
    public static AuditView Of(AuditRecord record) => new(
        record.Id, record.When, record.Who.Id, record.Who.Name, record.Kind, record.Action, record.Subject, record.Before, record.After, record.Confirmed);
}

/// <summary>Who changed what by hand. What synchronizations change is in their runs.</summary>
public sealed class AuditFunctions(ApiCalls calls, AuditStore audit)
{
    [Function("ListAudit")]
    [ApiOperation("Changes made by hand, the latest first: who, when, what, before, after", Access = Access.Reader, Response = typeof(Page<AuditView>),
        Query = ["kind", "subject", "who", "pageSize", "continuation"])]
    public Task<IResult> ListAudit([HttpTrigger(AuthorizationLevel.Function, "get", Route = "audit")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            try
            {
                var (items, continuation) = await audit.PageAsync(
                    new AuditQuery
                    {
                        Kind = ApiRequest.Text(request, "kind"),
                        Subject = ApiRequest.Text(request, "subject"),
                        Who = ApiRequest.Text(request, "who"),
                        PageSize = ApiRequest.Count(request, "pageSize", 100, 1000),
                        Continuation = ApiRequest.Text(request, "continuation"),
                    },
                    cancellationToken);
                return ApiCalls.Json(new Page<AuditView>([.. items.Select(AuditView.Of)], continuation));
            }
            catch (ArgumentException)
            {
                throw ApiException.Field("continuation", "Not one that this service gave out: start again without it.", 400);
            }
        });
}
