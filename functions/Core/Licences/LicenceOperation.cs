using LdapSync.Core.Planning;

namespace LdapSync.Core.Licences;

/// <summary>A user gets a licence, or it goes back. Its inverse has <paramref name="Add"/> the other way round.</summary>
/// <param name="Name">The user's login, for people to read.</param>
/// <param name="Rule">L1 or L3; what undoes a run names the rule of what it undoes.</param>
public sealed record LicenceOperation(string ProductId, string UserId, string Name, bool Add, string Rule)
{
    public PlannedChange ToChange() => new(
        PlannedObject.Licence, ProductId, Name, Add ? PlannedAction.Add : PlannedAction.Remove, UserId, Add ? null : "licence", Add ? "licence" : null, Rule);
}

/// <summary>What of a <see cref="UserOperation"/> matters for licences: read from the same JSON, without its fields.</summary>
public sealed record UserOperationHead(string UserId, string Name, PlannedAction Action);
