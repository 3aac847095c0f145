namespace LdapSync.Core.Settings;

/// <summary>Rule I1: how often somebody may try, and how long attempts are remembered.</summary>
public sealed record SignInSettings
{
    /// <summary>Failed attempts with one login within the window, 1 to 1000. Keep it below the directory's own threshold: then nobody locks an account through this service.</summary>
    public int AttemptsPerLogin { get; init; } = 5;

    /// <summary>Failed attempts from one client address within the window, 1 to 1000.</summary>
    public int AttemptsPerAddress { get; init; } = 100;

    /// <summary>1 to 1440.</summary>
    public int WindowMinutes { get; init; } = 15;

    /// <summary>Days that the record of an attempt is kept, 1 to 3650.</summary>
    public int AuditDays { get; init; } = 90;
}
