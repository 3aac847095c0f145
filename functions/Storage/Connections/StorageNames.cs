namespace LdapSync.Storage.Connections;

/// <summary>What follows the prefix in the names of tables and containers.</summary>
internal static class StorageNames
{
    public const string Users = "Users";
    public const string Logins = "Logins";
    public const string Roles = "Roles";
    public const string Members = "Members";
    public const string MemberLayouts = "MemberLayouts";
    public const string Accounts = "Accounts";
    public const string JobTitles = "JobTitles";
    public const string Directories = "Directories";
    public const string Runs = "Runs";
    public const string Progress = "Progress";
    public const string Links = "Links";
    public const string Collisions = "Collisions";
    public const string Licences = "Licences";
    public const string Notifications = "Notifications";
    public const string SignIns = "SignIns";
    public const string SignInLimits = "SignInLimits";
    public const string Audit = "Audit";
    public const string StagingContainer = "staging";
    public const string StateContainer = "state";

    public static IReadOnlyList<string> Tables { get; } = [Users, Logins, Roles, Members, MemberLayouts, Accounts, JobTitles, Directories, Runs, Progress, Links, Collisions, Licences, Notifications, SignIns, SignInLimits, Audit];

    public static IReadOnlyList<string> Containers { get; } = [StagingContainer, StateContainer];
}
