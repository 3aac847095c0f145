using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Lookups;

public sealed record NamedBody(string Name);

/// <summary>Accounts and job titles: kept by hand, matched verbatim by the synchronization (U6, U7).</summary>
public sealed class LookupFunctions(ApiCalls calls, AccountStore accounts, JobTitleStore jobTitles)
{
    [Function("ListAccounts")]
    [ApiOperation("All accounts", Access = Access.Reader, Response = typeof(Page<NamedRecord>))]
    public Task<IResult> ListAccounts([HttpTrigger(AuthorizationLevel.Function, "get", Route = "accounts")] HttpRequest request) => ListAsync(request, accounts);

    [Function("CreateAccount")]
    [ApiOperation("Creates an account", Access = Access.Administrator, Request = typeof(NamedBody), Response = typeof(NamedRecord), Status = 201)]
    public Task<IResult> CreateAccount([HttpTrigger(AuthorizationLevel.Function, "post", Route = "accounts")] HttpRequest request) => CreateAsync(request, accounts);

    [Function("DeleteAccount")]
    [ApiOperation("Removes an account; the next run unlinks its users", Access = Access.Administrator, Status = 204)]
    public Task<IResult> DeleteAccount([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "accounts/{accountId}")] HttpRequest request, string accountId) =>
        DeleteAsync(request, accounts, "account", accountId);

    [Function("ListJobTitles")]
    [ApiOperation("All job titles", Access = Access.Reader, Response = typeof(Page<NamedRecord>))]
    public Task<IResult> ListJobTitles([HttpTrigger(AuthorizationLevel.Function, "get", Route = "job-titles")] HttpRequest request) => ListAsync(request, jobTitles);

    [Function("CreateJobTitle")]
    [ApiOperation("Creates a job title", Access = Access.Administrator, Request = typeof(NamedBody), Response = typeof(NamedRecord), Status = 201)]
    public Task<IResult> CreateJobTitle([HttpTrigger(AuthorizationLevel.Function, "post", Route = "job-titles")] HttpRequest request) => CreateAsync(request, jobTitles);

    [Function("DeleteJobTitle")]
    [ApiOperation("Removes a job title; the next run takes it from its users", Access = Access.Administrator, Status = 204)]
    public Task<IResult> DeleteJobTitle(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "job-titles/{jobTitleId}")] HttpRequest request, string jobTitleId) =>
        DeleteAsync(request, jobTitles, "job title", jobTitleId);

    private Task<IResult> ListAsync(HttpRequest request, NamedRecordStore store) => calls.RunAsync(request, async cancellationToken =>
        ApiCalls.Json(new Page<NamedRecord>(await store.ReadAllAsync(cancellationToken).OrderBy(record => record.Name, StringComparer.Ordinal).ToListAsync(cancellationToken))));

    private Task<IResult> CreateAsync(HttpRequest request, NamedRecordStore store) => calls.RunAsync(request, async cancellationToken =>
    {
        // The name is kept as it is: it is compared verbatim.
        var body = await ApiRequest.ReadAsync<NamedBody>(request, cancellationToken);
        ApiText.Require("name", body.Name);
        if (await store.ReadAllAsync(cancellationToken).AnyAsync(record => record.Name == body.Name, cancellationToken))
        {
            throw ApiException.Field("name", "There is one with this name already.", 409);
        }

        var record = new NamedRecord(Guid.NewGuid().ToString("N"), body.Name);
        await store.InsertAsync(record, cancellationToken);
        return ApiCalls.Json(record, 201);
    });

    private Task<IResult> DeleteAsync(HttpRequest request, NamedRecordStore store, string what, string id) => calls.RunAsync(request, async cancellationToken =>
    {
        _ = await store.GetAsync(ApiText.Key(id, what), cancellationToken) ?? throw ApiException.NotFound($"{what} '{id}'");
        await store.DeleteAsync(id, cancellationToken);
        return Results.NoContent();
    });
}
