namespace LdapSync.App.Pages;

/// <summary>Application settings <c>AdminPages__*</c>.</summary>
public sealed class PageOptions
{
    public const int ShortestKey = 16;

    /// <summary>
    /// The key that signs an administrator in where App Service authentication does not: on one's own machine. Unset or shorter than
    /// <see cref="ShortestKey"/>: nobody signs in with a key.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>Hours without a visit until a session ends.</summary>
    public int SessionHours { get; set; } = 8;
}
