using LdapSync.Core.Mapping;
using LdapSync.Core.Records;

namespace LdapSync.Core.Planning;

/// <summary>Follows the linked groups: found by id, never by name or distinguished name (R2, R7).</summary>
public static class RolePlanner
{
    /// <param name="roles">The roles that are linked to this directory.</param>
    /// <param name="groups">The directory's groups by LDAP id, at least the linked ones.</param>
    /// <param name="complete">Whether a group that was not read does not exist (G1).</param>
    /// <param name="now">The time of the run.</param>
    public static RolePlan Plan(
        IReadOnlyCollection<RoleRecord> roles, IReadOnlyDictionary<string, MappedGroup> groups, bool complete, DateTimeOffset now)
    {
        var links = new List<LinkedRole>(roles.Count);
        var operations = new List<RoleOperation>();
        var notes = new List<RunNote>();
        foreach (var role in roles.OrderBy(role => role.Id, StringComparer.Ordinal))
        {
            var changes = new List<FieldChange>();
            if (groups.TryGetValue(role.GroupId!, out var group))
            {
                Compare(changes, "name", role.Name, group.Name, Rule.RoleRename);
                Compare(changes, "groupDistinguishedName", role.GroupDistinguishedName, group.DistinguishedName, Rule.RoleRename);
                Compare(changes, "groupMissingSince", Text(role.GroupMissingSince), null, Rule.GroupMissing);
                links.Add(new LinkedRole(role.Id, group.LdapId, group.Name, group.DistinguishedName, Found: true, role.LinkedAt));
            }
            else
            {
                if (complete)
                {
                    Compare(changes, "groupMissingSince", Text(role.GroupMissingSince), Text(role.GroupMissingSince ?? now), Rule.GroupMissing);
                    notes.Add(new RunNote(
                        "groupMissing", Rule.GroupMissing, role.Name,
                        $"The linked group {role.GroupDistinguishedName ?? role.GroupId} no longer exists or is not among the groups of the groups filter. Members stay as they are; link the role to another group or unlink it."));
                }

                links.Add(new LinkedRole(role.Id, role.GroupId!, role.Name, role.GroupDistinguishedName ?? "", Found: false, role.LinkedAt));
            }

            if (changes.Count > 0)
            {
                var action = changes[0].Field == "name" ? PlannedAction.Rename
                    : changes[0].Field == "groupMissingSince" ? PlannedAction.Mark
                    : PlannedAction.Update;
                operations.Add(new RoleOperation(role.Id, role.Name, action, changes));
            }
        }

        return new RolePlan(links, operations, notes);
    }

    private static string? Text(DateTimeOffset? time) => time is null ? null : UserField.Text(time.Value);

    private static void Compare(List<FieldChange> changes, string field, string? before, string? after, string rule)
    {
        if (!string.Equals(before, after, StringComparison.Ordinal))
        {
            changes.Add(new FieldChange(field, before, after, rule));
        }
    }
}

/// <param name="Links">One for each linked role, in the order of role ids: memberships name roles by their index here.</param>
public sealed record RolePlan(IReadOnlyList<LinkedRole> Links, IReadOnlyList<RoleOperation> Operations, IReadOnlyList<RunNote> Notes);
