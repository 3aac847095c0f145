namespace LdapSync.App;

/// <summary>Names of log events that alerts look for; see <c>infra/modules</c>.</summary>
internal static class AlertEvents
{
    public const string RunFailed = "RunFailed";
    public const string RunSucceeded = "RunSucceeded";
    public const string GuardWaiting = "GuardWaiting";
    public const string LicenceShortage = "LicenceShortage";
}
