using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

public sealed class RoleRuleTests
{
    private const int CutGroup1 = 0b0010_0100;
    private const int CutUsers = 0b0010_0001;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "R3")]
    public void Join_UserOfALinkedGroup_BecomesMember(bool onlyGroups)
    {
        var world = Scene.Of(onlyGroups).With("anna", 0);
        world.Run();
        world.Groups.Add(("anna", 1));

        Assert.Equal(["+role-1 R3"], world.Run().Lines());
        Assert.True(world.IsMember("anna", 0) && world.IsMember("anna", 1));
    }

    [Theory]
    [InlineData(RunMode.Full, 0)]
    [InlineData(RunMode.Changed, 1)]
    [Trait("Rule", "R3")]
    [Trait("Rule", "R5")]
    public void Moved_BetweenGroupsAndNothingElse_NeedsTheRecordOnlyWhereTheEntryWasNotRead(RunMode mode, int records)
    {
        var world = Scene.Of().With("anna", 0).With("ben", 0);
        world.Run();
        world.Groups.Remove(("anna", 0));
        world.Groups.Add(("anna", 1));
        world.Modified.Clear();

        var run = world.Run(mode);
        Assert.Equal(["+role-1 R3", "-role-0 R5"], run.Lines());
        Assert.Equal("anna", run.Plan.Members[0].Name);
        Assert.Equal(records, run.RecordsNeeded.Count);
        Assert.True(world.Run().IsEmpty);
    }

    [Fact]
    [Trait("Rule", "R4")]
    [Trait("Rule", "R3")]
    public void Leave_OnlyGroupsOn_DeactivatesWithTheLastGroupAndBack()
    {
        var world = Scene.Of(onlyGroups: true).With("anna", 0, 1);
        world.Run();
        world.Groups.Remove(("anna", 0));
        Assert.Equal(["-role-0 R4"], world.Run().Lines());
        world.Groups.Remove(("anna", 1));
        Assert.Equal(["Deactivate active=false R4", "Deactivate canSignIn=false R4", "-role-1 R4"], world.Run().Lines());
        world.Groups.Add(("anna", 2));
        Assert.Equal(["Reactivate active=true R3", "Reactivate canSignIn=true R3", "+role-2 R3"], world.Run().Lines());
    }

    [Fact]
    [Trait("Rule", "R5")]
    public void Leave_OnlyGroupsOff_StaysActiveButCannotSignIn()
    {
        var world = Scene.Of().With("anna", 0, 1);
        world.Run();
        world.Groups.Remove(("anna", 0));
        Assert.Equal(["-role-0 R5"], world.Run().Lines());
        world.Groups.Remove(("anna", 1));
        Assert.Equal(["Update canSignIn=false R5", "-role-1 R5"], world.Run().Lines());
        Assert.True(world.User("anna").Active);
        world.Groups.Add(("anna", 1));
        Assert.Equal(["Update canSignIn=true R3", "+role-1 R3"], world.Run().Lines());
    }

    [Fact]
    [Trait("Rule", "R4")]
    public void OnlyGroups_SwitchedOnAndOff_DeactivatesAndReactivates()
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        world.Groups.Clear();
        world.Run();
        world.Options = world.Options with { SynchronizeOnlyGroups = true };
        Assert.Equal(["Deactivate active=false R4"], world.Run().Lines());
        world.Options = world.Options with { SynchronizeOnlyGroups = false };
        Assert.Equal(["Reactivate active=true U4"], world.Run().Lines());
    }

    [Fact]
    [Trait("Rule", "R4")]
    public void OnlyGroups_LastRoleUnlinked_DeactivatesNobody()
    {
        var world = Scene.Of(onlyGroups: true).With("anna", 0);
        world.Run();
        world.Linked = 0;
        world.State = null;

        Assert.Equal(["Update canSignIn=false R5"], world.Run().Lines());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "R6")]
    public void ByHand_DirectoryUserPutInOrTakenOut_IsSetRight(bool onlyGroups)
    {
        var world = Scene.Of(onlyGroups).With("anna", 0);
        world.Run();
        var id = world.User("anna").Id;
        world.Members.Remove((0, id));
        world.Members.Add((1, id), false);
        world.State = null;

        Assert.Equal(["+role-0 R3", "-role-1 R6"], world.Run().Lines());
    }

    [Fact]
    [Trait("Rule", "R6")]
    public void ByHand_OtherUserInALinkedRole_Stays()
    {
        var world = Scene.Of(onlyGroups: true).With("anna", 0);
        var record = world.ByHand("guest");
        world.Members.Add((0, record.Id), false);
        world.State = null;

        world.Run();

        Assert.Equal(record, world.Records[record.Id]);
        Assert.Contains((0, record.Id), world.Members.Keys);
    }

    [Theory]
    [InlineData(RunMode.Full)]
    [InlineData(RunMode.Changed)]
    [Trait("Rule", "R7")]
    public void Group_Vanished_ChangesNobody(RunMode mode)
    {
        var world = Scene.Of(onlyGroups: true).With("anna", 1).With("ben", 0, 1);
        world.Run();
        world.Vanished.Add(1);

        Assert.True(world.Run(mode).IsEmpty);
        world.Vanished.Clear();
        world.Groups.Clear();
        Assert.Equal(5 + 2, world.Run(mode).Lines().Count());
    }

    [Fact]
    [Trait("Rule", "G1")]
    public void Members_ReadCutShort_LeaveNoRole()
    {
        var world = Scene.Of(onlyGroups: true).With("aaa").With("anna", 1);
        world.Run();

        Assert.True(world.Run(mask: CutGroup1).IsEmpty);
        Assert.True(world.IsMember("anna", 1));
    }

    [Fact]
    [Trait("Rule", "G1")]
    [Trait("Rule", "R4")]
    public void Members_MovedIntoAGroupReadInPart_StayActive()
    {
        var world = Scene.Of(onlyGroups: true).With("aaa").With("anna", 0);
        world.Run();
        world.Groups.Remove(("anna", 0));
        world.Groups.Add(("anna", 1));

        // Out of role 0 for certain; whether in no group at all is not known, because the part of group 1 with anna was not read.
        Assert.Equal(["Update canSignIn=false R5", "-role-0 R4"], world.Run(mask: CutGroup1).Lines());
        Assert.True(world.User("anna").Active);
        Assert.Equal(["Update canSignIn=true R3", "+role-1 R3"], world.Run().Lines());
    }

    [Fact]
    [Trait("Rule", "G1")]
    [Trait("Rule", "R4")]
    public void Members_InactiveUserAndGroupReadInPart_StaysInactive()
    {
        var world = Scene.Of(onlyGroups: true).With("aaa").With("anna", 0);
        world.Run();
        world.Groups.Clear();
        world.Run();
        Assert.False(world.User("anna").Active);

        Assert.True(world.Run(mask: CutGroup1).IsEmpty);
    }

    [Theory]
    [InlineData(RunMode.Full)]
    [InlineData(RunMode.Changed)]
    [Trait("Rule", "G1")]
    public void Users_ReadCutShort_DeactivateNobodyWhoWasNotRead(RunMode mode)
    {
        var world = Scene.Of().With("aaa").With("anna", 0);
        world.Run();

        Assert.True(world.Run(mode, CutUsers).IsEmpty);
    }

    [Fact]
    [Trait("Rule", "G1")]
    public void Users_ReadCutShort_StillImportsAndReactivates()
    {
        var world = Scene.Of().With("aaa").With("anna", 0).With("ben", 0);
        world.Run();
        world.Write("ben", user => user with { Enabled = false });
        world.Run();
        world.Write("ben", user => user with { Enabled = true });
        world.With("cy", 0);

        world.Run(mask: CutUsers);

        Assert.True(world.User("ben").Active);
        Assert.True(world.User("anna").Active);
        Assert.NotNull(world.LinkedTo("cy"));
    }
}
