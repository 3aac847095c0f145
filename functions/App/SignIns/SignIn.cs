using LdapSync.App.Api;
using LdapSync.App.Directories;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Core.SignIns;
using LdapSync.Storage.Records;

namespace LdapSync.App.SignIns;

/// <param name="ClientAddress">The IP address of the person, where the caller signs people in on their behalf; left out: the caller's own.</param>
public sealed record SignInBody(string Login, string Password, string? ClientAddress = null);

/// <summary>Who signed in.</summary>
public sealed record SignedInView(string UserId, string Login, string FullName, string? Email, string DirectoryId);

/// <summary>How an attempt ended.</summary>
/// <param name="User">Null: refused or throttled.</param>
/// <param name="RetryAfter">Throttled: how long to wait; null: not throttled.</param>
public sealed record SignInResult(SignedInView? User, TimeSpan? RetryAfter = null);

/// <summary>
/// Signs people in with their directory password (I1, I2). Whoever asks learns from the answer, and from how long it takes, only whether he may come in:
/// unknown, refused and wrong ones go the same way (two reads of records, a search by id, a bind on a connection of its own) with made-up ids where
/// there are no real ones, so that the password of somebody who may not come in is never tried; and a refusal waits until its time is a whole number of
/// steps, which covers what is left of the difference.
/// </summary>
public sealed class SignIn(
    DirectoryLookup lookup, LoginStore logins, UserStore users, SignInThrottle throttle, SignInStore audit, SignInDirectory directories, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    /// <exception cref="ApiException">There is no such directory, a field is missing, or the settings do not allow it.</exception>
    /// <exception cref="DirectoryException">The directory cannot be asked.</exception>
    public async Task<SignInResult> SignInAsync(string directoryId, SignInBody body, string address, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        ApiText.Require("login", body.Login);
        var login = body.Login.Trim();
        var directory = await lookup.GetAsync(directoryId, cancellationToken);
        RequireTls(directory.Settings.Connection);
        var (userId, user) = await FindAsync(login, cancellationToken);
        var attempt = new Attempt(directory, login, userId, address);

        var ticket = await throttle.EnterAsync(directory, login, address, cancellationToken);
        if (ticket.RetryAfter is { } wait)
        {
            await RecordAsync(attempt, SignInOutcome.Throttled, cancellationToken);
            return new SignInResult(null, wait);
        }

        if (string.IsNullOrEmpty(body.Password))
        {
            // A bind with an empty password is an anonymous one, and succeeds (RFC 4513, section 5.1.2).
            await RecordAsync(attempt, SignInOutcome.EmptyPassword, cancellationToken);
            throw ApiException.Field("password", "Required.");
        }

        try
        {
            var outcome = await TryAsync(directory, user, body.Password, cancellationToken);
            await RecordAsync(attempt, outcome, cancellationToken);
            if (outcome != SignInOutcome.SignedIn)
            {
                await WaitAsync(began, cancellationToken);
                return new SignInResult(null);
            }
        }
        catch (DirectoryException)
        {
            await RecordAsync(attempt, SignInOutcome.DirectoryFailed, cancellationToken);
            await throttle.TakeBackAsync(ticket, cancellationToken);
            throw;
        }

        await throttle.TakeBackAsync(ticket, cancellationToken);
        return new SignInResult(new SignedInView(user!.Id, user.Login, user.FullName, user.Email, directory.Id));
    }

    private async Task<(string? UserId, UserRecord? User)> FindAsync(string login, CancellationToken cancellationToken)
    {
        var userId = await logins.FindUserIdAsync(login, cancellationToken);
        var user = await users.GetAsync(userId ?? Guid.NewGuid().ToString("N"), cancellationToken);

        // The index may still have a login that a run is just giving up.
        return user is not null && Buckets.NormalizeLogin(user.Login) == Buckets.NormalizeLogin(login) ? (userId, user) : (userId, null);
    }

    private async Task<SignInOutcome> TryAsync(DirectoryRecord directory, UserRecord? user, string password, CancellationToken cancellationToken)
    {
        var refusal = SignInRules.Refusal(user, directory.Id);
        var name = await directories.FindAsync(directory, refusal is null ? user : null, cancellationToken);
        var accepted = await directories.AcceptsAsync(directory, name, password, cancellationToken);
        if (refusal is not null || name is null)
        {
            return refusal ?? SignInOutcome.NotInDirectory;
        }

        if (!accepted)
        {
            return SignInOutcome.WrongPassword;
        }

        // A run may have deactivated the user while the directory was asked.
        return SignInRules.Refusal(await users.GetAsync(user!.Id, cancellationToken), directory.Id) ?? SignInOutcome.SignedIn;
    }

    private Task RecordAsync(Attempt attempt, SignInOutcome outcome, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return audit.InsertAsync(
            new SignInRecord(
                attempt.Directory.Id, SignInStore.NewId(now), now, attempt.UserId is null ? SignInRules.Masked(attempt.Login) : attempt.Login, attempt.UserId,
                attempt.Address, outcome),
            cancellationToken);
    }

    private Task WaitAsync(long began, CancellationToken cancellationToken)
    {
        var elapsed = time.GetElapsedTime(began);
        var steps = (elapsed.Ticks / Step.Ticks) + 1;
        return Task.Delay(TimeSpan.FromTicks(steps * Step.Ticks) - elapsed, time, cancellationToken);
    }

    private static void RequireTls(ConnectionSettings connection)
    {
        if (connection is { Security: ConnectionSecurity.None, AllowClearText: false })
        {
            throw new ApiException(
                409, "Signing in needs TLS", "The directory's connection.security is none, and passwords may not cross the network in clear: choose ldaps or startTls, or set connection.allowClearText.");
        }
    }

    private sealed record Attempt(DirectoryRecord Directory, string Login, string? UserId, string Address);
}
