using LdapSync.App.Api;
using LdapSync.Core.Licences;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;

namespace LdapSync.App.Licences;

/// <param name="Waiting">Synchronized users who are to have a licence and have none (L2).</param>
public sealed record LicenceView(string Id, string Name, int Total, int Granted, int Available, int Waiting);

/// <param name="Login">Null: the user's record is gone.</param>
/// <param name="DirectoryId">The directory whose run granted it; null: granted by hand.</param>
public sealed record HolderView(string UserId, string? Login, string? FullName, bool Active, string? DirectoryId, DateTimeOffset GrantedAt);

/// <param name="Position">1: gets the next licence.</param>
public sealed record WaitingView(int Position, string UserId, string? Login, string? FullName, string DirectoryId, DateTimeOffset MemberSince);

/// <summary>Looks at products, at who holds their licences and who waits for one.</summary>
public sealed class LicenceViews(LicenceStore licences, LicenceStateStore states, DirectoryStore directories, UserStore users)
{
    public async Task<IReadOnlyList<LicenceView>> ListAsync(CancellationToken cancellationToken)
    {
        var products = await licences.ListAsync(cancellationToken);
        var waiting = await StatesAsync(cancellationToken);
        return [.. products.Select(product => View(product, waiting))];
    }

    public async Task<LicenceView> GetAsync(string productId, CancellationToken cancellationToken) =>
        View(await RequireAsync(productId, cancellationToken), await StatesAsync(cancellationToken));

    public async Task<Page<HolderView>> HoldersAsync(string productId, int pageSize, string? continuation, CancellationToken cancellationToken)
    {
        await RequireAsync(productId, cancellationToken);
        var (grants, next) = await PageAsync(productId, pageSize, continuation, cancellationToken);
        var records = await users.GetManyAsync([.. grants.Select(grant => grant.UserId)], cancellationToken);
        return new Page<HolderView>(
            [
                .. grants.Select(grant =>
                {
                    var user = records.GetValueOrDefault(grant.UserId);
                    return new HolderView(grant.UserId, user?.Login, user?.FullName, user?.Active ?? false, grant.DirectoryId, grant.GrantedAt);
                }),
            ],
            next);
    }

    /// <summary>Who waits for a licence as of each directory's last run, in the order in which they will get one.</summary>
    public async Task<Page<WaitingView>> WaitingAsync(string productId, int pageSize, string? continuation, CancellationToken cancellationToken)
    {
        await RequireAsync(productId, cancellationToken);
        var first = 0;
        if (continuation is not null && (!int.TryParse(continuation, System.Globalization.NumberStyles.None, null, out first) || first < 1))
        {
            throw ApiException.Field("continuation", "Not one that this API gave out; start again without it.", 400);
        }

        var all = (await StatesAsync(cancellationToken))
            .SelectMany(state => state.State.Waiting.GetValueOrDefault(productId, []).Select(waiter => (Waiter: waiter, state.DirectoryId)))
            .OrderBy(entry => entry.Waiter).ToList();
        var page = all.Skip(first).Take(pageSize).ToList();
        var records = await users.GetManyAsync([.. page.Select(entry => entry.Waiter.UserId)], cancellationToken);
        var items = page.Select((entry, index) =>
        {
            var user = records.GetValueOrDefault(entry.Waiter.UserId);
            return new WaitingView(first + index + 1, entry.Waiter.UserId, user?.Login, user?.FullName, entry.DirectoryId, entry.Waiter.MemberSince);
        });
        return new Page<WaitingView>([.. items], first + page.Count < all.Count ? $"{first + page.Count}" : null);
    }

    internal async Task<LicenceProduct> RequireAsync(string productId, CancellationToken cancellationToken) =>
        await licences.GetAsync(ApiText.Key(productId, "product"), cancellationToken) ?? throw ApiException.NotFound($"product '{productId}'");

    private async Task<(IReadOnlyList<LicenceGrant> Items, string? Continuation)> PageAsync(
        string productId, int pageSize, string? continuation, CancellationToken cancellationToken)
    {
        try
        {
            return await licences.PageAsync(productId, pageSize, continuation, cancellationToken);
        }
        catch (ArgumentException)
        {
            throw ApiException.Field("continuation", "Not one that this API gave out; start again without it.", 400);
        }
    }

    private async Task<List<(string DirectoryId, LicenceState State)>> StatesAsync(CancellationToken cancellationToken)
    {
        var read = await Task.WhenAll((await directories.ListAsync(cancellationToken)).Select(async directory =>
            (directory.Id, State: await states.ReadAsync(directory.Id, cancellationToken))));
        return [.. read.Where(entry => entry.State is not null).Select(entry => (entry.Id, entry.State!))];
    }

    private static LicenceView View(LicenceProduct product, List<(string DirectoryId, LicenceState State)> states) => new(
        product.Id, product.Name, product.Total, product.Granted, product.Available,
        states.Sum(state => state.State.Waiting.GetValueOrDefault(product.Id, []).Count));
}
