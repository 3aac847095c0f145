namespace LdapSync.Demo.Http;

// What the HTTP API answers, as far as the demo looks at it. Enumerations are left as the strings that they are.

internal sealed record Page<T>(IReadOnlyList<T> Items, string? Continuation);

internal sealed record Group(string LdapId, string Name, string DistinguishedName);

internal sealed record ConnectionTest(bool Ok, TestFailure? Failure, TestedUsers? Users, TestedGroups? Groups);

internal sealed record TestFailure(string Field, string Kind, string Message);

internal sealed record TestedUsers(int Count);

internal sealed record TestedGroups(int Count);

internal sealed record Role(string Id, string Name, string Kind, string? GroupId);

internal sealed record RoleMember(string UserId, string Login, string FullName, bool Active, bool FromDirectory);

internal sealed record User(
    string Id, string Login, string FullName, bool Active, bool CanSignIn, string? Email, string? Phone, string? Account, string? JobTitle,
    string? DirectoryId, string? LdapId);

internal sealed record Named(string Id, string Name);

internal sealed record Started(string RunId);

internal sealed record Run(
    string Id, bool DryRun, string Status, string? Phase, IReadOnlyList<RunPhase>? Phases, RunTotals Totals, string? Error, IReadOnlyList<string>? Warnings,
    DateTimeOffset? Started, DateTimeOffset? Finished)
{
    public bool IsOver => Status is "completed" or "failed" or "cancelled" or "rejected" or "waitingForApproval";

    public double Seconds => Finished is { } finished && Started is { } started ? (finished - started).TotalSeconds : 0;
}

internal sealed record RunPhase(string Name, long Done, long? Total, bool Finished);

internal sealed record RunTotals(
    long GroupsRead, long UsersRead, long MembershipsRead, long Created, long Updated, long Deactivated, long Reactivated, long MembersAdded,
    long MembersRemoved, long RolesRenamed, long Collisions, long EntryProblems, long Applied, long Conflicts);

internal sealed record Change(string Object, string Id, string Name, string Action, string? Field, string? Before, string? After, string Rule);

internal sealed record Note(string Kind, string Rule, string Subject, string Message);
