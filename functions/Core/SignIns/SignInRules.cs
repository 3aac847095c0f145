using LdapSync.Core.Records;

namespace LdapSync.Core.SignIns;

/// <summary>How an attempt to sign in ended.</summary>
public enum SignInOutcome
{
    SignedIn,

    /// <summary>No user has the login.</summary>
    UnknownLogin,

    /// <summary>Rule I2: the user is not linked to this directory, not active, or in no linked group.</summary>
    NotAllowed,

    /// <summary>The directory user is gone, off, or not among the users of the users filter.</summary>
    NotInDirectory,

    /// <summary>The directory refused the password, or the account.</summary>
    WrongPassword,

    EmptyPassword,

    Throttled,

    /// <summary>The directory could not be asked.</summary>
    DirectoryFailed,
}

/// <summary>The record of one attempt; never the password.</summary>
/// <param name="Id">Ids of later attempts sort first.</param>
/// <param name="Login">Of somebody who is known: the login. Else only how it began: people type passwords into the wrong field.</param>
/// <param name="Address">The client's.</param>
public sealed record SignInRecord(string DirectoryId, string Id, DateTimeOffset At, string Login, string? UserId, string Address, SignInOutcome Outcome);

/// <summary>Rules I1 and I2: who may sign in at all, before any password is looked at.</summary>
public static class SignInRules
{
    /// <returns>Why not; null: with the right password.</returns>
    public static SignInOutcome? Refusal(UserRecord? user, string directoryId) => user switch
    {
        null => SignInOutcome.UnknownLogin,
        { LdapId: null } or { DirectoryId: null } or { Active: false } or { CanSignIn: false } => SignInOutcome.NotAllowed,
        _ => user.DirectoryId == directoryId ? null : SignInOutcome.NotAllowed,
    };

    /// <summary>A login that nobody has, as it may be kept.</summary>
    public static string Masked(string login) => login.Length <= 3 ? "…" : $"{login[..(char.IsHighSurrogate(login[2]) ? 2 : 3)]}…";
}
