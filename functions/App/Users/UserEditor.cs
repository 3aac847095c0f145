using LdapSync.App.Api;
using LdapSync.App.Directories;
using LdapSync.Core.Records;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;

namespace LdapSync.App.Users;

/// <summary>Creates users by hand, binds them to directory users and unbinds them (U9).</summary>
public sealed class UserEditor(UserStore users, LoginStore logins, LinkStore links, DirectoryLookup lookup, DirtyMarks marks, TimeProvider time)
{
    public static string Key(string userId) =>
        userId.Length == 32 && !userId.AsSpan().ContainsAnyExcept("0123456789abcdef") ? userId : throw ApiException.NotFound($"user '{userId}'");

    public async Task<UserRecord> GetAsync(string userId, CancellationToken cancellationToken) =>
        await users.GetAsync(Key(userId), cancellationToken) ?? throw ApiException.NotFound($"user '{userId}'");

    public async Task<UserRecord> CreateAsync(UserBody body, CancellationToken cancellationToken)
    {
        ApiText.Require("login", body.Login);
        ApiText.Require("fullName", body.FullName);
        ApiText.Check("email", body.Email);
        ApiText.Check("phone", body.Phone);
        var user = new UserRecord(Guid.NewGuid().ToString("N"))
        {
            Login = body.Login.Trim(),
            FullName = body.FullName.Trim(),
            Email = body.Email,
            Phone = body.Phone,
            Created = time.GetUtcNow(),
        };
        if (!await logins.TryClaimAsync(user.Login, user.Id, cancellationToken))
        {
            throw ApiException.Field("login", "Another user has this login; logins compare without case.", 409);
        }

        try
        {
            await users.InsertAsync(user, cancellationToken);
        }
        catch
        {
            await logins.ReleaseAsync(user.Login, user.Id, CancellationToken.None);
            throw;
        }

        return user;
    }

    public async Task<UserRecord> BindAsync(string userId, BindBody body, CancellationToken cancellationToken)
    {
        var user = await GetAsync(userId, cancellationToken);
        if (user.DirectoryId is not null)
        {
            throw new ApiException(409, "The user is bound already", "Unbind it first.");
        }

        ApiText.Require("ldapId", body.LdapId);
        var entry = await lookup.FindUserAsync(body.DirectoryId, body.LdapId, cancellationToken)
            ?? throw ApiException.Field("ldapId", "The directory has no user with this id among those of the users filter.");
        if (await HolderAsync(body.DirectoryId, entry.LdapId, cancellationToken) is { } holder && holder != userId)
        {
            throw new ApiException(409, "The directory user is bound to another user", "Unbind that one first.")
            {
                Extensions = new Dictionary<string, object?> { ["userId"] = holder },
            };
        }

        var bound = user with
        {
            DirectoryId = body.DirectoryId,
            LdapId = entry.LdapId,
            DistinguishedName = entry.DistinguishedName,
            BoundByHand = true,
            CanSignIn = user.Active,
        };
        await marks.MarkUserAsync(bound, cancellationToken);
        try
        {
            await links.InsertAsync(new LinkRecord(body.DirectoryId, entry.LdapId, userId), cancellationToken);
        }
        catch (RecordExistsException)
        {
            throw new ApiException(409, "The directory user is bound to another user", "Unbind that one first.");
        }

        var replaced = await users.ReplaceAsync(bound, cancellationToken);
        await marks.MarkUserAsync(bound, cancellationToken);
        return replaced;
    }

    public async Task<UserRecord> UnbindAsync(string userId, CancellationToken cancellationToken)
    {
        var user = await GetAsync(userId, cancellationToken);
        if (user is not { DirectoryId: { } directoryId, LdapId: { } ldapId })
        {
            throw new ApiException(409, "The user is not bound", "There is nothing to unbind.");
        }

        await marks.MarkUserAsync(user, cancellationToken);
        var replaced = await users.ReplaceAsync(
            user with { DirectoryId = null, LdapId = null, DistinguishedName = null, BoundByHand = false, CanSignIn = false }, cancellationToken);
        if (await links.GetAsync(directoryId, ldapId, cancellationToken) is { } link && link.UserId == userId)
        {
            await links.DeleteAsync(directoryId, ldapId, cancellationToken);
        }

        await marks.MarkUserAsync(user, cancellationToken);
        return replaced;
    }

    /// <summary>Who is bound to a directory user: by import, or by hand. A link whose user was unbound meanwhile binds nobody.</summary>
    private async Task<string?> HolderAsync(string directoryId, string ldapId, CancellationToken cancellationToken)
    {
        var imported = await users.GetAsync(Buckets.UserIdFor(directoryId, ldapId), cancellationToken);
        if (imported is not null && imported.DirectoryId == directoryId && imported.LdapId == ldapId)
        {
            return imported.Id;
        }

        if (await links.GetAsync(directoryId, ldapId, cancellationToken) is not { } link)
        {
            return null;
        }

        var bound = await users.GetAsync(link.UserId, cancellationToken);
        if (bound is not null && bound.DirectoryId == directoryId && bound.LdapId == ldapId)
        {
            return bound.Id;
        }

        await links.DeleteAsync(directoryId, ldapId, cancellationToken);
        return null;
    }
}
