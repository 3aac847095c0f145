using CsCheck;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

public sealed class RolePlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly DateTimeOffset Before = Now.AddDays(-1);

    private static readonly RoleRecord Staff = new("staff")
    {
        Name = "Staff",
        DirectoryId = "corp",
        GroupId = "g1",
        GroupDistinguishedName = "cn=Staff,ou=groups",
    };

    private static readonly MappedGroup Group = new("g1", "Staff", "cn=Staff,ou=groups");

    [Fact]
    [Trait("Rule", "G3")]
    public void Plan_GroupAsStored_IsEmpty()
    {
        var plan = Plan([Staff], [Group]);

        Assert.Empty(plan.Operations);
        Assert.Empty(plan.Notes);
        Assert.Equal(new LinkedRole("staff", "g1", "Staff", "cn=Staff,ou=groups", Found: true), Assert.Single(plan.Links));
    }

    [Fact]
    [Trait("Rule", "R2")]
    public void Plan_RenamedGroup_RenamesTheRole()
    {
        var plan = Plan([Staff], [Group with { Name = "People", DistinguishedName = "cn=People,ou=groups" }]);

        var operation = Assert.Single(plan.Operations);
        Assert.Equal((PlannedAction.Rename, "Staff"), (operation.Action, operation.Name));
        Assert.Equal(
            [new FieldChange("name", "Staff", "People", "R2"), new FieldChange("groupDistinguishedName", "cn=Staff,ou=groups", "cn=People,ou=groups", "R2")],
            operation.Changes);
        Assert.Equal("People", plan.Links[0].GroupName);
    }

    [Fact]
    [Trait("Rule", "R2")]
    public void Plan_OtherGroupWithTheOldName_IsNotFollowed()
    {
        var plan = Plan([Staff], [Group with { LdapId = "g2" }]);

        Assert.False(plan.Links[0].Found);
        Assert.DoesNotContain(plan.Operations, operation => operation.Action == PlannedAction.Rename);
    }

    [Fact]
    [Trait("Rule", "R2")]
    public void Plan_MovedGroup_KeepsTheName() =>
        Assert.Equal(PlannedAction.Update, Assert.Single(Plan([Staff], [Group with { DistinguishedName = "cn=Staff,ou=other" }]).Operations).Action);

    [Fact]
    [Trait("Rule", "R1")]
    public void Plan_TwoRolesOfOneGroup_BothFollow()
    {
        var plan = Plan([Staff, Staff with { Id = "area", Kind = RoleKind.Department, Name = "Area" }], [Group]);

        Assert.Equal(["area", "staff"], plan.Links.Select(link => link.RoleId));
        Assert.Equal(["area"], plan.Operations.Select(operation => operation.RoleId));
    }

    [Fact]
    [Trait("Rule", "R7")]
    public void Plan_GroupGone_MarksTheRoleOnceAndNotesItEachRun()
    {
        var first = Plan([Staff], []);
        var second = Plan([Staff with { GroupMissingSince = Before }], []);

        var change = Assert.Single(Assert.Single(first.Operations).Changes);
        Assert.Equal((PlannedAction.Mark, "groupMissingSince", UserField.Text(Now), "R7"), (first.Operations[0].Action, change.Field, change.After, change.Rule));
        Assert.Empty(second.Operations);
        Assert.All([first, second], plan => Assert.Equal(("groupMissing", "R7", "Staff"), (plan.Notes[0].Kind, plan.Notes[0].Rule, plan.Notes[0].Subject)));
        Assert.False(first.Links[0].Found);
    }

    [Fact]
    [Trait("Rule", "R7")]
    public void Plan_GroupBack_TakesTheMarkAway()
    {
        var change = Assert.Single(Assert.Single(Plan([Staff with { GroupMissingSince = Before }], [Group]).Operations).Changes);

        Assert.Equal(("groupMissingSince", UserField.Text(Before), null), (change.Field, change.Before, change.After));
    }

    [Fact]
    [Trait("Rule", "G1")]
    [Trait("Rule", "R7")]
    public void Plan_GroupNotReadButReadNotComplete_MarksNothing()
    {
        var plan = Plan([Staff], [], complete: false);

        Assert.Empty(plan.Operations);
        Assert.Empty(plan.Notes);
        Assert.False(plan.Links[0].Found);
        Assert.Equal("cn=Staff,ou=groups", plan.Links[0].GroupDistinguishedName);
    }

    [Fact]
    public void Key_OtherGroupOrLaterLink_IsAnother()
    {
        var link = new LinkedRole("staff", "g1", "Staff", "", Found: true, Before);

        Assert.Equal(link.Key, (link with { GroupName = "People", Found = false }).Key);
        Assert.NotEqual(link.Key, (link with { GroupId = "g2" }).Key);
        Assert.NotEqual(link.Key, (link with { LinkedAt = Now }).Key);
    }

    [Fact]
    [Trait("Rule", "G3")]
    public void Plan_Applied_IsEmptyTheNextTime() => Gen.Select(
        Gen.Select(Gen.Int[0, 3], Gen.Char["ab"], Gen.Bool, (group, name, missing) => (group, name, missing)).Array[1, 5],
        Gen.Char["ab"].Array[4],
        Gen.Bool.Array[4]).Sample((roles, names, there) =>
    {
        var records = roles.Select((role, index) => Staff with
        {
            Id = $"r{index}",
            GroupId = $"g{role.group}",
            Name = $"{role.name}",
            GroupMissingSince = role.missing ? Before : null,
        }).ToList();
        var groups = names.Select((name, index) => new MappedGroup($"g{index}", $"{name}", $"cn={name}")).Where((_, index) => there[index]).ToList();

        var applied = Plan(records, groups).Operations.Aggregate(
            records.ToDictionary(record => record.Id),
            (all, operation) =>
            {
                all[operation.RoleId] = operation.Changes.Aggregate(all[operation.RoleId], With);
                return all;
            });

        Assert.Empty(Plan(applied.Values, groups, now: Now.AddDays(1)).Operations);
        Assert.All(applied.Values, role => Assert.Equal(groups.Find(group => group.LdapId == role.GroupId)?.Name ?? records.Find(record => record.Id == role.Id)!.Name, role.Name));
    });

    private static RolePlan Plan(IReadOnlyCollection<RoleRecord> roles, IEnumerable<MappedGroup> groups, bool complete = true, DateTimeOffset? now = null) =>
        RolePlanner.Plan(roles, groups.ToDictionary(group => group.LdapId), complete, now ?? Now);

    private static RoleRecord With(RoleRecord role, FieldChange change) => change.Field switch
    {
        "name" => role with { Name = change.After! },
        "groupDistinguishedName" => role with { GroupDistinguishedName = change.After },
        _ => role with { GroupMissingSince = change.After is null ? null : DateTimeOffset.Parse(change.After, System.Globalization.CultureInfo.InvariantCulture) },
    };
}
