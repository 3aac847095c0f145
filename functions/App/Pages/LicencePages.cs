using System.Globalization;
using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Licences;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Licences;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Pages;

/// <summary>Products and their licences: forecast, waiting list, by hand.</summary>
[AdminPage]
public sealed class LicencePages(PageCalls calls, LicenceEditor editor, LicenceViews views, LoginStore logins)
{
    private const int Shown = 100;

    [Function("PageLicences")]
    public Task<IResult> Licences([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/licences")] HttpRequest request) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            var products = await ProductsAsync(call.CancellationToken);
            if (!call.IsPost)
            {
                return call.Show<LicencesPage>(new LicencesModel(products));
            }

            var id = call.Text("productId");
            try
            {
                if (products.Any(product => product.Id == id))
                {
                    throw ApiException.Field("productId", "There is a product with this id already.", 409);
                }

                await editor.SaveAsync(id, Body(call), call.CancellationToken);
                return PageCall.Go(Paths.Licence(id), "created");
            }
            catch (ApiException problem)
            {
                return call.Show<LicencesPage>(
                    new LicencesModel(products) { Id = id, Name = call.Text("name"), Total = call.Text("total"), Errors = PageCall.ErrorsOf(problem) }, problem.Status);
            }
        });

    [Function("PageLicence")]
    public Task<IResult> Licence([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/licences/{productId}")] HttpRequest request, string productId) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            if (!call.IsPost)
            {
                return call.Show<LicencePage>(await ModelAsync(productId, call));
            }

            try
            {
                await ChangeAsync(call, productId);
                return PageCall.Go(Paths.Licence(productId), "saved");
            }
            catch (Exception failure) when (ApiFailures.Explain(failure) is { Status: < 500 } problem)
            {
                var model = await ModelAsync(productId, call);
                var typed = call.Do.Name == "save" ? model with { Name = call.Text("name"), Total = call.Text("total") } : model;
                return call.Show<LicencePage>(typed with { Errors = PageCall.ErrorsOf(problem) }, problem.Status);
            }
        });

    private async Task ChangeAsync(PageCall call, string productId)
    {
        switch (call.Do)
        {
            case ("save", _):
                await editor.SaveAsync(productId, Body(call), call.CancellationToken);
                return;
            case ("grant", _):
                var userId = await logins.FindUserIdAsync(call.Text("login"), call.CancellationToken) ?? throw ApiException.Field("login", "Nobody has this login.");
                await editor.GrantAsync(productId, userId, call.CancellationToken);
                return;
            case ("revoke", var holder):
                await editor.RevokeAsync(productId, holder, call.CancellationToken);
                return;
        }
    }

    private static LicenceBody Body(PageCall call) => new(
        call.Text("name"),
        int.TryParse(call.Text("total"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var total) ? total : throw ApiException.Field("total", "A whole number."));

    private async Task<IReadOnlyList<ProductModel>> ProductsAsync(CancellationToken cancellationToken) => [.. (await views.ListAsync(cancellationToken)).Select(Product)];

    private async Task<LicenceModel> ModelAsync(string productId, PageCall call)
    {
        var product = Product(await views.GetAsync(productId, call.CancellationToken));
        var waiting = await views.WaitingAsync(productId, Shown, null, call.CancellationToken);
        var holders = await views.HoldersAsync(productId, Shown, call.Query("from") is { Length: > 0 } from ? from : null, call.CancellationToken);
        return new LicenceModel(product)
        {
            Name = product.Name,
            Total = product.Total.ToString(CultureInfo.InvariantCulture),
            Waiting = [.. waiting.Items.Select(item => new WaiterModel(item.Position, item.UserId, item.Login, item.FullName, item.DirectoryId, item.MemberSince))],
            MoreWaiting = waiting.Continuation is not null,
            Holders = [.. holders.Items.Select(item => new HolderModel(item.UserId, item.Login, item.FullName, item.Active, item.DirectoryId, item.GrantedAt))],
            NextHolders = holders.Continuation,
        };
    }

    private static ProductModel Product(LicenceView view) => new(view.Id, view.Name, view.Total, view.Granted, view.Waiting);
}
