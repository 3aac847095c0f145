using LdapSync.App.Api;
using LdapSync.App.Directories;
using LdapSync.Core.Mapping;
using LdapSync.Core.Records;
using LdapSync.Storage;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;

namespace LdapSync.App.Users;

/// <summary>Creates and changes users by hand, binds them to directory users and unbinds them (U9), protects them from deactivation.</summary>
public sealed class UserEditor(
    UserStore users, LoginStore logins, LinkStore links, RoleStore roles, MemberStore members, DirectoryLookup lookup, DirtyMarks marks, TimeProvider time)
{
    public static string Key(string userId) =>
        userId.Length == 32 && !userId.AsSpan().ContainsAnyExcept("0123456789abcdef") ? userId : throw ApiException.NotFound($"user '{userId}'");

    public async Task<UserRecord> GetAsync(string userId, CancellationToken cancellationToken) =>
        await users.GetAsync(Key(userId), cancellationToken) ?? throw ApiException.NotFound($"user '{userId}'");

    /// <summary>Null: there is no such user.</summary>
    public Task<UserRecord?> FindAsync(string userId, CancellationToken cancellationToken) => users.GetAsync(Key(userId), cancellationToken);

    public async Task<UserRecord> CreateAsync(UserBody body, CancellationToken cancellationToken)
    {
        Check(body);
        var user = new UserRecord(Guid.NewGuid().ToString("N"))
        {
            Login = body.Login.Trim(),
            FullName = body.FullName.Trim(),
            Email = body.Email,
            Phone = body.Phone,
            Created = time.GetUtcNow(),
        };
        await InsertAsync(user, cancellationToken);
        return user;
    }

    /// <summary>Changes a user who is not bound; what is left out of the body is taken away.</summary>
    public async Task<UserRecord> ChangeAsync(string userId, UserBody body, CancellationToken cancellationToken)
    {
        var user = await GetAsync(userId, cancellationToken);
        if (user.DirectoryId is not null)
        {
            throw new ApiException(409, "The user follows the directory", "Change the directory user instead, or unbind the user first.");
        }

        Check(body);
        var changed = user with { Login = body.Login.Trim(), FullName = body.FullName.Trim(), Email = body.Email, Phone = body.Phone };
        var isRenamed = Buckets.NormalizeLogin(changed.Login) != Buckets.NormalizeLogin(user.Login);
        if (isRenamed && !await logins.TryClaimAsync(changed.Login, userId, cancellationToken))
        {
            throw LoginTaken();
        }

        try
        {
            changed = await users.ReplaceAsync(changed, cancellationToken);
        }
        catch when (isRenamed)
        {
            await logins.ReleaseAsync(changed.Login, userId, CancellationToken.None);
            throw;
        }

        if (isRenamed)
        {
            await logins.ReleaseAsync(user.Login, userId, cancellationToken);
        }

        return changed;
    }

    /// <summary>A protected user is never deactivated by a synchronization.</summary>
    public async Task<UserRecord> ProtectAsync(string userId, bool isProtected, CancellationToken cancellationToken)
    {
        var user = await GetAsync(userId, cancellationToken);
        if (user.Protected == isProtected)
        {
            return user;
        }

        await marks.MarkUserAsync(user, cancellationToken);
        var replaced = await users.ReplaceAsync(user with { Protected = isProtected }, cancellationToken);
        await marks.MarkUserAsync(replaced, cancellationToken);
        return replaced;
    }

    /// <summary>Makes the record of a directory user under a login of its own (U1, U5); roles and the right to sign in come with the next run.</summary>
    public async Task ImportAsync(string userId, string login, string directoryId, MappedUser entry, CancellationToken cancellationToken)
    {
        if (await HolderAsync(directoryId, entry.LdapId, cancellationToken) is { } holder)
        {
            throw new ApiException(409, "The directory user is bound to another user", "Unbind that one first.")
            {
                Extensions = new Dictionary<string, object?> { ["userId"] = holder },
            };
        }

        var user = new UserRecord(userId)
        {
            Login = login,
            FullName = entry.FullName,
            Email = entry.Email,
            Phone = entry.Phone,
            Active = entry.Enabled,
            DirectoryId = directoryId,
            LdapId = entry.LdapId,
            DistinguishedName = entry.DistinguishedName,
            Created = time.GetUtcNow(),
        };
        var needsLink = userId != Buckets.UserIdFor(directoryId, entry.LdapId);
        await marks.MarkUserAsync(user, cancellationToken);
        if (needsLink)
        {
            await links.InsertAsync(new LinkRecord(directoryId, entry.LdapId, userId), cancellationToken);
        }

        try
        {
            await InsertAsync(user, cancellationToken);
        }
        catch when (needsLink)
        {
            await links.DeleteAsync(directoryId, entry.LdapId, CancellationToken.None);
            throw;
        }

        await marks.MarkUserAsync(user, cancellationToken);
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

        await KeepMembershipsAsync(directoryId, userId, cancellationToken);
        await marks.MarkUserAsync(user, cancellationToken);
        return replaced;
    }

    private static void Check(UserBody body)
    {
        ApiText.Require("login", body.Login);
        ApiText.Require("fullName", body.FullName);
        ApiText.Check("email", body.Email);
        ApiText.Check("phone", body.Phone);
    }

    private static ApiException LoginTaken() => ApiException.Field("login", "Another user has this login; logins compare without case.", 409);

    private async Task InsertAsync(UserRecord user, CancellationToken cancellationToken)
    {
        if (!await logins.TryClaimAsync(user.Login, user.Id, cancellationToken))
        {
            throw LoginTaken();
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
    }

    /// <summary>What the synchronization gave to a user who is no longer its own becomes the user's like anything given by hand (R6).</summary>
    private async Task KeepMembershipsAsync(string directoryId, string userId, CancellationToken cancellationToken)
    {
        foreach (var role in (await roles.ListAsync(cancellationToken)).Where(role => role.DirectoryId == directoryId))
        {
            if (await members.GetAsync(role.Id, userId, cancellationToken) is { FromDirectory: true })
            {
                await members.WriteAsync(role.Id, [new MemberWrite(userId, FromDirectory: false, WriteKind.Upsert)], cancellationToken);
            }
        }
    }

    /// <summary>The user who is linked to a directory user: by import, or by hand. A link whose user was unbound meanwhile links nobody.</summary>
    public async Task<UserRecord?> FindLinkedAsync(string directoryId, string ldapId, CancellationToken cancellationToken)
    {
        var imported = await users.GetAsync(Buckets.UserIdFor(directoryId, ldapId), cancellationToken);
        if (imported is not null && imported.DirectoryId == directoryId && imported.LdapId == ldapId)
        {
            return imported;
        }

        var bound = await links.GetAsync(directoryId, ldapId, cancellationToken) is { } link ? await users.GetAsync(link.UserId, cancellationToken) : null;
        return bound is not null && bound.DirectoryId == directoryId && bound.LdapId == ldapId ? bound : null;
    }

    /// <summary>Who is linked to a directory user; a link that links nobody is removed.</summary>
    private async Task<string?> HolderAsync(string directoryId, string ldapId, CancellationToken cancellationToken)
    {
        if (await FindLinkedAsync(directoryId, ldapId, cancellationToken) is { } holder)
        {
            return holder.Id;
        }

        await links.DeleteAsync(directoryId, ldapId, cancellationToken);
        return null;
    }
}
