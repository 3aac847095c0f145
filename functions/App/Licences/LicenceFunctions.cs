using LdapSync.App.Api;
using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Licences;

/// <summary>Products, their licences, and who waits for one (L1 to L3).</summary>
public sealed class LicenceFunctions(ApiCalls calls, LicenceEditor editor, LicenceViews views)
{
    [Function("ListLicences")]
    [ApiOperation("All products with their licences: total, granted, waiting", Access = Access.Reader, Response = typeof(Page<LicenceView>))]
    public Task<IResult> ListLicences([HttpTrigger(AuthorizationLevel.Function, "get", Route = "licences")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(new Page<LicenceView>(await views.ListAsync(cancellationToken))));

    [Function("GetLicence")]
    [ApiOperation("A product with its licences", Access = Access.Reader, Response = typeof(LicenceView))]
    public Task<IResult> GetLicence([HttpTrigger(AuthorizationLevel.Function, "get", Route = "licences/{productId}")] HttpRequest request, string productId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await views.GetAsync(productId, cancellationToken)));

    [Function("SaveLicence")]
    [ApiOperation("Creates a product, or changes its name and total", Access = Access.Administrator, Request = typeof(LicenceBody), Response = typeof(LicenceView))]
    public Task<IResult> SaveLicence([HttpTrigger(AuthorizationLevel.Function, "put", Route = "licences/{productId}")] HttpRequest request, string productId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var (_, created) = await editor.SaveAsync(productId, await ApiRequest.ReadAsync<LicenceBody>(request, cancellationToken), cancellationToken);
            return ApiCalls.Json(await views.GetAsync(productId, cancellationToken), created ? 201 : 200);
        });

    [Function("DeleteLicence")]
    [ApiOperation("Removes a product; one with granted licences only with withGrants=true", Access = Access.Administrator, Status = 204, Query = ["withGrants"])]
    public Task<IResult> DeleteLicence([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "licences/{productId}")] HttpRequest request, string productId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await editor.DeleteAsync(productId, ApiRequest.Flag(request, "withGrants") ?? false, cancellationToken);
            return Results.NoContent();
        });

    [Function("ListLicenceHolders")]
    [ApiOperation("Who holds a licence of a product", Access = Access.Reader, Response = typeof(Page<HolderView>), Query = ["pageSize", "continuation"])]
    public Task<IResult> ListLicenceHolders(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "licences/{productId}/holders")] HttpRequest request, string productId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await views.HoldersAsync(
            productId, ApiRequest.Count(request, "pageSize", 100, 1000), ApiRequest.Text(request, "continuation"), cancellationToken)));

    [Function("ListLicenceWaiting")]
    [ApiOperation("Who waits for a licence of a product, in the order in which they will get one", Access = Access.Reader, Response = typeof(Page<WaitingView>), Query = ["pageSize", "continuation"])]
    public Task<IResult> ListLicenceWaiting(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "licences/{productId}/waiting")] HttpRequest request, string productId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await views.WaitingAsync(
            productId, ApiRequest.Count(request, "pageSize", 100, 1000), ApiRequest.Text(request, "continuation"), cancellationToken)));

    [Function("GrantLicence")]
    [ApiOperation("Grants a licence by hand", Access = Access.Administrator, Status = 204)]
    public Task<IResult> GrantLicence(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "licences/{productId}/holders/{userId}")] HttpRequest request, string productId, string userId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await editor.GrantAsync(productId, userId, cancellationToken);
            return Results.NoContent();
        });

    [Function("RevokeLicence")]
    [ApiOperation("Takes a licence back by hand; a synchronized user gets one again with the next run (L1)", Access = Access.Administrator, Status = 204)]
    public Task<IResult> RevokeLicence(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "licences/{productId}/holders/{userId}")] HttpRequest request, string productId, string userId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await editor.RevokeAsync(productId, userId, cancellationToken);
            return Results.NoContent();
        });
}
