using LdapSync.App.Api;
using LdapSync.App.Directories;
using LdapSync.App.Users;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Collisions;

/// <summary>Which collisions to list.</summary>
public enum CollisionState
{
    Open,
    Answered,
    All,
}

/// <summary>The collisions of a directory, to look at and to answer (U5). An answer is remembered by all later runs until it is taken back.</summary>
public sealed class CollisionQueue(
    CollisionStore queue, DirectoryLookup lookup, UserStore users, LoginStore logins, UserEditor editor, TimeProvider time)
{
    public async Task<IReadOnlyList<CollisionView>> ListAsync(string directoryId, CollisionState state, CancellationToken cancellationToken)
    {
        await lookup.GetAsync(directoryId, cancellationToken);
        var records = (await queue.ListAsync(directoryId, cancellationToken))
            .Where(record => state == CollisionState.All || record.Answer is null == (state == CollisionState.Open))
            .OrderBy(record => record.Collision.Login, StringComparer.OrdinalIgnoreCase).ThenBy(record => record.Id, StringComparer.Ordinal)
            .ToList();
        var holders = await users.GetManyAsync([.. records.Select(record => record.Collision.HolderId).OfType<string>()], cancellationToken);
        return [.. records.Select(record => CollisionView.Of(record, record.Collision.HolderId is { } holder ? holders.GetValueOrDefault(holder) : null))];
    }

    /// <exception cref="ApiException">There is no such collision (any more), it is answered already, or the answer does not fit what is there now.</exception>
    public async Task<CollisionView> AnswerAsync(string directoryId, string collisionId, AnswerBody body, CancellationToken cancellationToken)
    {
        var record = await GetAsync(directoryId, collisionId, cancellationToken);
        if (record.Answer is not null)
        {
            throw new ApiException(409, "The collision is answered already", "Take the answer back first (DELETE).");
        }

        CheckFields(body);
        var userId = body.Answer switch
        {
            AnswerKind.Link => await LinkAsync(record, body.UserId, cancellationToken),
            AnswerKind.KeepApart => await KeepApartAsync(record, body.Login!.Trim(), cancellationToken),
            _ => null,
        };
        if (body.Answer != AnswerKind.KeepApart)
        {
            record = await SaveAsync(record, new CollisionAnswer(body.Answer, record.Collision.Login), userId, cancellationToken);
        }

        return await ViewAsync(await GetAsync(directoryId, collisionId, cancellationToken), cancellationToken);
    }

    /// <summary>Forgets the answer: the next run decides anew. What the answer did to records stays.</summary>
    public async Task<CollisionView> WithdrawAsync(string directoryId, string collisionId, CancellationToken cancellationToken)
    {
        var record = await GetAsync(directoryId, collisionId, cancellationToken);
        return record.Answer is null
            ? throw new ApiException(409, "The collision has no answer", "There is nothing to take back.")
            : await ViewAsync(await queue.ReplaceAsync(record with { Answer = null, AnswerUserId = null, Answered = null }, cancellationToken), cancellationToken);
    }

    private static void CheckFields(AnswerBody body)
    {
        if (body.Answer == AnswerKind.KeepApart)
        {
            ApiText.Require("login", body.Login);
        }
        else if (body.Login is not null)
        {
            throw ApiException.Field("login", "Only keepApart takes a login.");
        }

        if (body.UserId is not null && body.Answer != AnswerKind.Link)
        {
            throw ApiException.Field("userId", "Only link takes a user.");
        }
    }

    /// <summary>Binds the user in the way, or the one who is named, to the directory user (U9).</summary>
    private async Task<string> LinkAsync(CollisionRecord record, string? userId, CancellationToken cancellationToken)
    {
        var collision = record.Collision;
        if (collision.IsLinked)
        {
            throw new ApiException(409, "The directory user has a record already", $"Unbind the user '{collision.UserId}' first, or keep both apart.");
        }

        if (collision.HolderId is { } holder && userId is not null && userId != holder)
        {
            throw ApiException.Field("userId", $"The user in the way is '{holder}'. Leave userId out to bind that one; another one would not free the login.", 409);
        }

        var wanted = userId ?? collision.HolderId
            ?? throw ApiException.Field("userId", "No user of the application has this login: name the user to bind, or keep the directory users apart.");
        await CurrentEntryAsync(record, cancellationToken);
        return (await editor.BindAsync(wanted, new BindBody(record.DirectoryId, collision.LdapId), cancellationToken)).Id;
    }

    /// <summary>Gives the directory user a login of its own: at once when there is no record yet, else by the next run.</summary>
    private async Task<string> KeepApartAsync(CollisionRecord record, string login, CancellationToken cancellationToken)
    {
        var collision = record.Collision;
        var holder = await logins.FindUserIdAsync(login, cancellationToken);
        if (Buckets.NormalizeLogin(login) == Buckets.NormalizeLogin(collision.Login))
        {
            throw ApiException.Field("login", "This is the login in conflict: choose another one.");
        }

        if (holder is not null && !(collision.IsLinked && holder == collision.UserId))
        {
            throw ApiException.Field("login", "Another user has this login; logins compare without case.", 409);
        }

        var entry = await CurrentEntryAsync(record, cancellationToken);
        var answer = new CollisionAnswer(AnswerKind.KeepApart, collision.Login, login);
        if (collision.IsLinked)
        {
            await SaveAsync(record, answer, collision.UserId, cancellationToken);
            return collision.UserId;
        }

        // The answer goes first: a run that begins now takes the given login and no other.
        var userId = await users.GetAsync(record.Id, cancellationToken) is null ? record.Id : Guid.NewGuid().ToString("N");
        var saved = await SaveAsync(record, answer, userId, cancellationToken);
        try
        {
            await editor.ImportAsync(userId, login, record.DirectoryId, entry, cancellationToken);
            return userId;
        }
        catch
        {
            await queue.ReplaceAsync(saved with { Answer = null, AnswerUserId = null, Answered = null }, CancellationToken.None);
            throw;
        }
    }

    /// <exception cref="ApiException">The directory has changed since the run: the answer would be to another question.</exception>
    private async Task<MappedUser> CurrentEntryAsync(CollisionRecord record, CancellationToken cancellationToken)
    {
        var entry = await lookup.FindUserAsync(record.DirectoryId, record.Collision.LdapId, cancellationToken);
        return entry is not null && Buckets.NormalizeLogin(entry.Login) == Buckets.NormalizeLogin(record.Collision.Login)
            ? entry
            : throw new ApiException(409, "The directory has changed since", "The directory user is gone or has another login by now. Start a synchronization, then look at the queue again.");
    }

    private Task<CollisionRecord> SaveAsync(CollisionRecord record, CollisionAnswer answer, string? userId, CancellationToken cancellationToken) =>
        queue.ReplaceAsync(record with { Answer = answer, AnswerUserId = userId, Answered = time.GetUtcNow() }, cancellationToken);

    private async Task<CollisionRecord> GetAsync(string directoryId, string collisionId, CancellationToken cancellationToken)
    {
        await lookup.GetAsync(directoryId, cancellationToken);
        return await queue.GetAsync(directoryId, collisionId, cancellationToken)
            ?? throw new ApiException(404, "Not found", "There is no such collision: a later run may have settled it.");
    }

    private async Task<CollisionView> ViewAsync(CollisionRecord record, CancellationToken cancellationToken) =>
        CollisionView.Of(record, record.Collision.HolderId is { } holder ? await users.GetAsync(holder, cancellationToken) : null);
}
