using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

/// <summary>Each rule on the smallest world that shows it.</summary>
public sealed class RuleTests
{
    private static readonly OptionSettings OnlyGroups = new() { SynchronizeOnlyGroups = true };

    [Theory]
    [Trait("Rule", "U1")]
    [InlineData(true, ImportScope.LinkedGroups, true, true)]
    [InlineData(true, ImportScope.LinkedGroups, false, false)]
    [InlineData(true, ImportScope.All, false, true)]
    [InlineData(false, ImportScope.All, true, false)]
    public void Import_ByScopeAndGroup_CreatesOrNot(bool import, ImportScope scope, bool inGroup, bool created)
    {
        var world = new World().WithRole("staff");
        world.Settings = world.Settings with { Options = new OptionSettings { ImportNewUsers = import, ImportScope = scope } };
        world.Person("a", inGroup ? [0] : []);

        var plan = world.Plan();
        world.Apply(plan);

        Assert.Equal(created ? [PlannedAction.Create] : [], plan.Users.Select(user => user.Action));
        if (created)
        {
            Assert.Equal((true, inGroup), (world.RecordOf("a").Active, world.RecordOf("a").CanSignIn));
            Assert.Equal(inGroup, world.Members.ContainsKey(("staff", world.RecordOf("a").Id)));
        }
    }

    [Fact]
    [Trait("Rule", "U1")]
    public void Import_DisabledAccount_DoesNotHappen()
    {
        var world = new World().WithRole("staff");
        world.Directory["a"] = world.Person("a", 0) with { Enabled = false };
        Assert.Empty(world.Plan().Users);
    }

    [Fact]
    [Trait("Rule", "U2")]
    public void Update_RenamedInTheDirectory_ChangesInPlace()
    {
        var world = Imported();
        world.Directory["a"] = world.Directory["a"] with { Login = "new", FullName = "New Name", Email = null };

        var plan = world.Plan();
        world.Apply(plan);

        var user = Assert.Single(world.Records.Values);
        Assert.Equal(("new", "New Name", null), (user.Login, user.FullName, user.Email));
        Assert.All(plan.Users.Single().Changes, change => Assert.Equal(Rule.Update, change.Rule));
    }

    [Fact]
    [Trait("Rule", "U2")]
    public void Update_FieldThatIsNotMapped_IsLeftAlone()
    {
        var world = Imported();
        world.Add(world.RecordOf("a") with { Phone = "by hand" });
        world.Directory["a"] = world.Directory["a"] with { Phone = "from the directory" };
        Assert.Empty(world.Plan().Users);
    }

    [Theory]
    [Trait("Rule", "U3")]
    [InlineData(true)]
    [InlineData(false)]
    public void Deactivate_GoneOrDisabled_ClearsActiveAndSignIn(bool gone)
    {
        var world = Imported();
        if (gone)
        {
            world.Directory.Remove("a");
        }
        else
        {
            world.Directory["a"] = world.Directory["a"] with { Enabled = false };
        }

        var plan = world.Plan();
        world.Apply(plan);

        Assert.Equal((false, false), (world.RecordOf("a").Active, world.RecordOf("a").CanSignIn));
        Assert.Equal(Rule.Deactivate, plan.Users.Single().Find(UserField.Active)!.Rule);
        Assert.Equal(PlannedAction.Deactivate, plan.Users.Single().Action);
    }

    [Fact]
    [Trait("Rule", "U4")]
    public void Reactivate_BackInTheDirectory_SetsActiveAndSignIn()
    {
        var world = Imported();
        var person = world.Directory["a"];
        world.Directory.Remove("a");
        world.Apply(world.Plan());
        world.Directory["a"] = person;

        var plan = world.Plan();
        world.Apply(plan);

        Assert.Equal((true, true), (world.RecordOf("a").Active, world.RecordOf("a").CanSignIn));
        Assert.Equal(Rule.Reactivate, plan.Users.Single().Find(UserField.Active)!.Rule);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Collision_LoginOfAUserByHand_ImportsNobodyAndSaysSo()
    {
        var world = new World().WithRole("staff");
        world.ByHand("LOGIN-A");
        world.Person("a", 0);

        var plan = world.Plan();

        Assert.Empty(plan.Users);
        Assert.Empty(plan.Members);
        Assert.Single(plan.Notes, note => note.Rule == Rule.Collision);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Collision_TwoNewUsersWithOneLogin_ImportsNeither()
    {
        var world = new World().WithRole("staff");
        world.Person("a", 0);
        world.Directory["b"] = world.Person("b", 0) with { Login = "LOGIN-a" };
        Assert.Empty(world.Plan().Users);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Collision_LinkedUserAndNewOne_LinkedKeepsIt()
    {
        var world = Imported();
        world.Directory["b"] = world.Person("b", 0) with { Login = "login-a" };

        world.Apply(world.Plan());

        Assert.Equal("a", Assert.Single(world.Records.Values).LdapId);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Collision_RenameToATakenLogin_KeepsTheOldOneAndUpdatesTheRest()
    {
        var world = Imported();
        world.ByHand("taken");
        world.Directory["a"] = world.Directory["a"] with { Login = "taken", FullName = "Other" };

        world.Apply(world.Plan());

        Assert.Equal(("login-a", "Other"), (world.RecordOf("a").Login, world.RecordOf("a").FullName));
        Assert.Single(world.Plan().Notes, note => note.Rule == Rule.Collision);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Collision_LoginsExchanged_BothGetTheOther()
    {
        var world = Imported();
        world.Person("b", 0);
        world.Apply(world.Plan());
        world.Directory["a"] = world.Directory["a"] with { Login = "login-b" };
        world.Directory["b"] = world.Directory["b"] with { Login = "login-a" };

        world.Apply(world.Plan());

        Assert.Equal(("login-b", "login-a"), (world.RecordOf("a").Login, world.RecordOf("b").Login));
    }

    [Theory]
    [Trait("Rule", "U6")]
    [Trait("Rule", "U7")]
    [InlineData("Corp", "acc", false)]
    [InlineData("corp", null, true)]
    [InlineData("Corp ", null, true)]
    public void Company_AgainstAccounts_MatchesVerbatimOnly(string company, string? account, bool noted)
    {
        var world = new World().WithRole("staff");
        world.Accounts["Corp"] = "acc";
        world.JobTitles["Corp"] = "acc";
        world.Directory["a"] = world.Person("a", 0) with { Company = company, JobTitle = company };

        var plan = world.Plan();
        world.Apply(plan);

        Assert.Equal((account, account), (world.RecordOf("a").AccountId, world.RecordOf("a").JobTitleId));
        Assert.Equal(noted ? [Rule.Company, Rule.JobTitle] : [], plan.Notes.Select(note => note.Rule).Order());
    }

    [Fact]
    [Trait("Rule", "U8")]
    public void MissingAttribute_OnALinkedUsersEntry_ChangesNothingAboutTheUser()
    {
        var world = Imported();
        var plan = world.Plan(unmapped: _ => true);
        Assert.Empty(plan.Users);
        Assert.Empty(plan.Members);
    }

    [Fact]
    [Trait("Rule", "U9")]
    public void BoundByHand_InNoGroup_FollowsAndMaySignIn()
    {
        var world = new World().WithRole("staff");
        world.Settings = world.Settings with { Options = OnlyGroups };
        var user = world.ByHand("someone");
        world.Add(user with { DirectoryId = World.DirectoryId, LdapId = "a", BoundByHand = true });
        world.Person("a");

        world.Apply(world.Plan());
        Assert.Equal((user.Id, "login-a", true, true), (world.RecordOf("a").Id, world.RecordOf("a").Login, world.RecordOf("a").Active, world.RecordOf("a").CanSignIn));

        world.Directory.Clear();
        world.Apply(world.Plan());
        Assert.False(world.RecordOf("a").Active);
    }

    [Theory]
    [Trait("Rule", "R3")]
    [Trait("Rule", "R4")]
    [Trait("Rule", "R5")]
    [InlineData(true, false, false, "R4")]
    [InlineData(false, true, false, "R5")]
    public void LastGroupLeft_ByOption_DeactivatesOrOnlyStopsSignIn(bool onlyGroups, bool active, bool canSignIn, string rule)
    {
        var world = Imported();
        world.Settings = world.Settings with { Options = new OptionSettings { SynchronizeOnlyGroups = onlyGroups } };
        world.Groups[0].Clear();

        var plan = world.Plan();
        world.Apply(plan);

        Assert.Equal((active, canSignIn), (world.RecordOf("a").Active, world.RecordOf("a").CanSignIn));
        Assert.Empty(world.Members);
        Assert.Equal(rule, plan.Members.Single().Rule);

        world.Groups[0].Add("a");
        world.Apply(world.Plan());
        Assert.Equal((true, true), (world.RecordOf("a").Active, world.RecordOf("a").CanSignIn));
        Assert.Single(world.Members);
    }

    [Fact]
    [Trait("Rule", "R4")]
    public void OneOfTwoGroupsLeft_OnlyGroups_KeepsTheUserActive()
    {
        var world = new World().WithRole("staff").WithRole("project");
        world.Settings = world.Settings with { Options = OnlyGroups };
        world.Person("a", 0, 1);
        world.Apply(world.Plan());
        world.Groups[0].Clear();

        world.Apply(world.Plan());

        Assert.True(world.RecordOf("a").Active && world.RecordOf("a").CanSignIn);
        Assert.Equal([("project", world.RecordOf("a").Id)], world.Members.Keys);
    }

    [Fact]
    [Trait("Rule", "R6")]
    public void MembersByHand_FromTheDirectoryOrNot_GoOrStay()
    {
        var world = Imported().WithRole("project");
        var guest = world.ByHand("guest");
        world.Members[("project", guest.Id)] = false;
        world.Members[("project", world.RecordOf("a").Id)] = false;
        world.Members.Remove(("staff", world.RecordOf("a").Id));

        var plan = world.Plan();
        world.Apply(plan);

        Assert.Equal([("project", guest.Id), ("staff", world.RecordOf("a").Id)], world.Members.Keys.Order());
        Assert.Contains(plan.Members, member => !member.Add && member.Rule == Rule.ManualMember);
    }

    [Theory]
    [Trait("Rule", "G1")]
    [Trait("Rule", "R7")]
    [InlineData(true)]
    [InlineData(false)]
    public void IncompleteRead_OfEverything_RemovesNothing(bool onlyGroups)
    {
        var world = Imported();
        world.Settings = world.Settings with { Options = new OptionSettings { SynchronizeOnlyGroups = onlyGroups } };
        world.Directory.Clear();
        world.Groups[0].Clear();
        (world.UsersComplete, world.MembersComplete[0]) = (false, false);

        var plan = world.Plan();

        Assert.Empty(plan.Users);
        Assert.Empty(plan.Members);
    }

    [Fact]
    [Trait("Rule", "U3")]
    public void Protected_Gone_StaysActive()
    {
        var world = Imported();
        world.Add(world.RecordOf("a") with { Protected = true });
        world.Directory.Clear();
        world.Apply(world.Plan());
        Assert.True(world.RecordOf("a").Active);
    }

    [Fact]
    [Trait("Rule", "R4")]
    public void LastRoleUnlinked_OnlyGroups_DeactivatesNobody()
    {
        var world = Imported();
        world.Settings = world.Settings with { Options = OnlyGroups };
        world.Roles.Clear();
        world.Groups.Clear();
        world.MembersComplete.Clear();
        world.Apply(world.Plan());
        Assert.True(world.RecordOf("a").Active);
    }

    [Fact]
    [Trait("Rule", "R2")]
    [Trait("Rule", "R7")]
    public void Roles_RenamedVanishedOrUnread_FollowMarkOrWait()
    {
        var role = new RoleRecord("r") { Name = "Old", DirectoryId = World.DirectoryId, GroupId = "g", GroupDistinguishedName = "cn=old" };
        var now = DateTimeOffset.UnixEpoch;
        var none = new Dictionary<string, MappedGroup>();

        var renamed = RolePlanner.Plan([role], new Dictionary<string, MappedGroup> { ["g"] = new("g", "New", "cn=new") }, complete: true, now);
        Assert.Equal(("name", "Old", "New", Rule.RoleRename), Line(renamed.Operations.Single().Changes[0]));
        Assert.True(renamed.Links.Single().Found);

        var vanished = RolePlanner.Plan([role], none, complete: true, now);
        Assert.Equal(PlannedAction.Mark, vanished.Operations.Single().Action);
        Assert.False(vanished.Links.Single().Found);
        Assert.Empty(RolePlanner.Plan([role with { GroupMissingSince = now }], none, complete: true, now.AddDays(1)).Operations);

        var unread = RolePlanner.Plan([role], none, complete: false, now);
        Assert.Empty(unread.Operations);
        Assert.False(unread.Links.Single().Found);
    }

    [Theory]
    [Trait("Rule", "G2")]
    [InlineData(20, 20, false)]
    [InlineData(21, 3, true)]
    [InlineData(100, 10, false)]
    [InlineData(100, 11, true)]
    [InlineData(10_000, 50, false)]
    [InlineData(10_000, 51, true)]
    public void Guard_Deactivations_AskAboveCountOrShareOfEnoughPeople(long population, long removals, bool asks) =>
        Assert.Equal(asks, RemovalGuard.Exceeded(new RemovalLimits(), population, removals, 0, 0).Count > 0);

    private static (string Field, string? Before, string? After, string Rule) Line(FieldChange change) => (change.Field, change.Before, change.After, change.Rule);

    /// <summary>One user, imported, in role staff.</summary>
    private static World Imported()
    {
        var world = new World().WithRole("staff");
        world.Person("a", 0);
        world.Apply(world.Plan());
        return world;
    }
}
