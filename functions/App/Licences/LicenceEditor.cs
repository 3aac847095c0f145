using LdapSync.App.Api;
using LdapSync.App.Users;
using LdapSync.Core.Licences;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;

namespace LdapSync.App.Licences;

/// <param name="Total">How many licences there are. When it rises, the next run of each directory grants to who waits.</param>
public sealed record LicenceBody(string Name, int Total);

/// <summary>Changes products and grants by hand. There are never more licences granted than the total.</summary>
public sealed class LicenceEditor(LicenceStore licences, LicenceViews views, UserEditor users, DirtyMarks marks, TimeProvider time)
{
    public const int MaxTotal = 10_000_000;

    private const int BackAtATime = 990;

    /// <summary>Creates the product or changes its name and total.</summary>
    /// <exception cref="ApiException">Names the field; a total below what is granted is refused.</exception>
    public async Task<(LicenceProduct Product, bool Created)> SaveAsync(string productId, LicenceBody body, CancellationToken cancellationToken)
    {
        if (!ApiText.IsSlug(productId))
        {
            throw ApiException.Field("productId", "The product's id in the address: 1 to 40 of a-z, 0-9 and -, not beginning with -.");
        }

        ApiText.Require("name", body.Name);
        if (body.Total is < 0 or > MaxTotal)
        {
            throw ApiException.Field("total", $"A whole number from 0 to {MaxTotal}.");
        }

        while (true)
        {
            var before = await licences.GetAsync(productId, cancellationToken);
            try
            {
                if (before is null)
                {
                    return (await licences.InsertAsync(new LicenceProduct(productId) { Name = body.Name.Trim(), Total = body.Total }, cancellationToken), true);
                }

                if (body.Total < before.Granted)
                {
                    throw ApiException.Field(
                        "total", $"{before.Granted} licences are granted; take back {before.Granted - body.Total} of them first (DELETE /api/licences/{productId}/holders/{{userId}}). Nothing was changed.");
                }

                return (await licences.ReplaceAsync(before with { Name = body.Name.Trim(), Total = body.Total }, cancellationToken), false);
            }
            catch (Exception raced) when (raced is RecordChangedException or RecordExistsException)
            {
                // A run granted one at this moment, or another administrator was faster: look again.
            }
        }
    }

    /// <param name="productId">Of the product.</param>
    /// <param name="withGrants">Take back what is granted; otherwise a product with grants stays.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task DeleteAsync(string productId, bool withGrants, CancellationToken cancellationToken)
    {
        while (true)
        {
            var product = await views.RequireAsync(productId, cancellationToken);
            if (product.Granted > 0 && !withGrants)
            {
                throw new ApiException(409, "Licences are granted", $"{product.Granted} users hold one. Repeat with withGrants=true to take them all back.");
            }

            try
            {
                // Nothing can be granted any more, so no run is faster than this.
                product = await licences.ReplaceAsync(product with { Total = product.Granted }, cancellationToken);
                await foreach (var holders in licences.ReadHoldersAsync(productId, cancellationToken).Chunk(BackAtATime).WithCancellation(cancellationToken))
                {
                    await licences.WriteAsync(productId, [.. holders.Select(holder => new LicenceWrite(holder, null))], cancellationToken);
                    product = (await licences.GetAsync(productId, cancellationToken))!;
                    product = await licences.ReplaceAsync(product with { Total = product.Granted }, cancellationToken);
                }

                await licences.DeleteAsync(product, cancellationToken);
                return;
            }
            catch (RecordChangedException)
            {
                // A run took one back at this moment: look again.
            }
        }
    }

    /// <summary>Grants a licence by hand. Runs leave those of users who are not synchronized alone; a synchronized user's goes back with his deactivation (L3).</summary>
    public async Task GrantAsync(string productId, string userId, CancellationToken cancellationToken)
    {
        var product = await views.RequireAsync(productId, cancellationToken);
        var user = await users.GetAsync(userId, cancellationToken);
        if (!user.Active)
        {
            throw new ApiException(409, "The user is not active", "Only active users get licences.");
        }

        // Marked before and after: the next run looks at this user's bucket again, and takes him off the waiting list.
        await marks.MarkUserAsync(user, cancellationToken);
        var outcome = await licences.WriteAsync(productId, [new LicenceWrite(userId, new LicenceGrant(userId, null, time.GetUtcNow()))], cancellationToken);
        await marks.MarkUserAsync(user, cancellationToken);
        if (outcome[0] == LicenceOutcome.NoneLeft)
        {
            throw new ApiException(409, "No licence is left", $"All {product.Total} licences of {product.Name} are granted. Raise the total, or take one back.");
        }
    }

    /// <summary>Takes a licence back by hand. An active synchronized user gets one again with the next run, when there is one (L1).</summary>
    public async Task RevokeAsync(string productId, string userId, CancellationToken cancellationToken)
    {
        await views.RequireAsync(productId, cancellationToken);
        var user = await users.FindAsync(userId, cancellationToken);
        if (user is not null)
        {
            await marks.MarkUserAsync(user, cancellationToken);
        }

        await licences.WriteAsync(productId, [new LicenceWrite(UserEditor.Key(userId), null)], cancellationToken);
        if (user is not null)
        {
            await marks.MarkUserAsync(user, cancellationToken);
        }
    }
}
