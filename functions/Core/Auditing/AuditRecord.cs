using System.Text.Json.Nodes;

namespace LdapSync.Core.Auditing;

/// <summary>What was done to a record.</summary>
public enum AuditAction
{
    Created,
    Changed,
    Removed,

    /// <summary>A decision, or another act that changes no record by itself.</summary>
    Done,
}

/// <summary>Who acts by hand. A timer and a synchronization are nobody: their changes are in the journals of runs.</summary>
/// <param name="Id">Entra ID's object id, or <c>key</c>.</param>
/// <param name="Name">For people.</param>
public sealed record AuditActor(string Id, string Name);

/// <summary>One change that somebody made by hand.</summary>
/// <param name="Id">Ids of later records sort first.</param>
/// <param name="Kind">Of the record: role, user, member, directory, secret ...</param>
/// <param name="Subject">The record's id; of a member <c>role/user</c>.</param>
/// <param name="Before">What it was, as far as it differs; null: nothing.</param>
/// <param name="After">What it became, as far as it differs; null: nothing.</param>
/// <param name="Confirmed">The change is known to have been made; false: the process ended in the middle, or storage went away.</param>
public sealed record AuditRecord(
    string Id, DateTimeOffset When, AuditActor Who, string Kind, AuditAction Action, string Subject, JsonNode? Before, JsonNode? After, bool Confirmed);
