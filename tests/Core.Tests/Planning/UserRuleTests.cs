using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

public sealed class UserRuleTests
{
    [Theory]
    [InlineData(ImportScope.LinkedGroups, false, true, true, true, true)]
    [InlineData(ImportScope.LinkedGroups, false, true, true, false, false)]
    [InlineData(ImportScope.All, false, true, true, false, true)]
    [InlineData(ImportScope.All, true, true, true, false, false)]
    [InlineData(ImportScope.All, true, true, true, true, true)]
    [InlineData(ImportScope.All, false, false, true, true, false)]
    [InlineData(ImportScope.LinkedGroups, false, true, false, true, false)]
    [Trait("Rule", "U1")]
    public void Import_DirectoryUserWithoutRecord_DependsOnScopeGroupAndStatus(
        ImportScope scope, bool onlyGroups, bool importNew, bool enabled, bool inGroup, bool imported)
    {
        var world = Scene.Of().With("anna", inGroup ? [1] : []);
        world.Options = new OptionSettings { ImportScope = scope, SynchronizeOnlyGroups = onlyGroups, ImportNewUsers = importNew };
        world.Write("anna", user => user with { Enabled = enabled });

        world.Run();

        Assert.Equal(imported, world.LinkedTo("anna") is not null);
    }

    [Fact]
    [Trait("Rule", "U1")]
    public void Import_UserOfALinkedGroup_GetsEverything()
    {
        var world = Scene.Of().With("anna", 0, 2);
        world.Write("anna", user => user with { Email = "a@example.org", Phone = "1", Company = "ACME", JobTitle = "Boss" });

        var run = world.Run();

        var expected = new UserRecord(Buckets.UserIdFor(SyncModel.DirectoryId, "anna"))
        {
            Login = "anna",
            FullName = "Full anna",
            Active = true,
            CanSignIn = true,
            DirectoryId = SyncModel.DirectoryId,
            LdapId = "anna",
            DistinguishedName = "uid=anna",
            Email = "a@example.org",
            Phone = "1",
            AccountId = "account-1",
            JobTitleId = "title-1",
        };
        Assert.Equal(expected, world.User("anna"));
        Assert.Equal([0, 2], world.Members.Keys.Select(member => member.Role).Order());
        Assert.All(run.Plan.Users, user => Assert.Equal(PlannedAction.Create, user.Action));
    }

    [Fact]
    [Trait("Rule", "U2")]
    public void Update_RenamedAndMovedUser_ChangesInPlace()
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        var id = world.User("anna").Id;
        world.Write("anna", user => user with { Login = "anna.new", FullName = "Anna New", DistinguishedName = "uid=anna.new,ou=other" });

        var run = world.Run();

        Assert.Equal(["Update login=anna.new U2", "Update fullName=Anna New U2", "Update distinguishedName=uid=anna.new,ou=other U2"], run.Lines());
        Assert.Equal((id, "anna.new"), (world.User("anna").Id, world.User("anna").Login));
        Assert.Single(world.Records);
    }

    [Fact]
    [Trait("Rule", "U2")]
    public void Update_LoginInOtherCase_ClaimsNothing()
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        world.Write("anna", user => user with { Login = "ANNA" });

        var run = world.Run();

        Assert.Empty(run.Plan.Claims);
        Assert.Equal("ANNA", world.User("anna").Login);
    }

    [Fact]
    [Trait("Rule", "U2")]
    public void Update_FieldThatIsNotMapped_IsLeftAlone()
    {
        var world = new SyncModel { PhoneMapped = false }.With("anna", 0);
        world.Write("anna", user => user with { Phone = "1" });
        world.Run();
        world.Edit(world.User("anna").Id, user => user with { Phone = "by hand" });

        Assert.True(world.Run().IsEmpty);
        Assert.Equal("by hand", world.User("anna").Phone);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("disabled")]
    [InlineData("filtered out")]
    [Trait("Rule", "U3")]
    [Trait("Rule", "U4")]
    public void Deactivate_NotAmongActiveUsers_IsOffUntilBack(string how)
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        var entry = world.Entries["anna"];
        if (how == "gone")
        {
            world.Entries.Remove("anna");
        }
        else
        {
            world.Entries["anna"] = how == "disabled" ? entry with { User = entry.User with { Enabled = false } } : entry with { InFilter = false };
        }

        Assert.Equal(["Deactivate active=false U3", "Deactivate canSignIn=false U3"], world.Run().Lines());
        world.Entries["anna"] = entry;
        Assert.Equal(["Reactivate active=true U4", "Reactivate canSignIn=true U4"], world.Run().Lines());
    }

    [Theory]
    [InlineData(RunMode.Full)]
    [InlineData(RunMode.Changed)]
    [Trait("Rule", "U3")]
    public void Deactivate_ProtectedUserWhoIsGone_StaysActiveAndFollowsWhenBack(RunMode mode)
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        world.Edit(world.User("anna").Id, user => user with { Protected = true });
        world.Run();
        world.Entries["anna"] = world.Entries["anna"] with { InFilter = false };
        world.Run(mode);
        Assert.True(world.User("anna").Active);

        // What changed during the absence is older than the watermark.
        world.Write("anna", user => user with { FullName = "Meanwhile" });
        world.Run(mode);
        world.Entries["anna"] = world.Entries["anna"] with { InFilter = true };
        world.Run(mode);

        Assert.Equal("Meanwhile", world.User("anna").FullName);
        Assert.True(world.Run(mode).IsEmpty);
    }

    [Fact]
    [Trait("Rule", "U4")]
    public void Reactivate_ProtectedUserWhoIsInactive_ComesBackOnlyWithTheDirectoryUser()
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        world.Entries["anna"] = world.Entries["anna"] with { InFilter = false };
        world.Run();
        world.Edit(world.User("anna").Id, user => user with { Protected = true });

        Assert.True(world.Run().IsEmpty);
        world.Entries["anna"] = world.Entries["anna"] with { InFilter = true };
        Assert.Equal(["Reactivate active=true U4", "Reactivate canSignIn=true U4"], world.Run().Lines());
    }

    [Fact]
    [Trait("Rule", "U4")]
    public void Reactivate_ModeChanged_TakesOverWhatChangedMeanwhile()
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        world.Entries["anna"] = world.Entries["anna"] with { InFilter = false };
        world.Write("anna", user => user with { FullName = "Meanwhile" });
        world.Run(RunMode.Changed);
        world.Entries["anna"] = world.Entries["anna"] with { InFilter = true };

        var run = world.Run(RunMode.Changed);

        Assert.Equal(["anna"], run.Fetched);
        Assert.Equal((true, "Meanwhile"), (world.User("anna").Active, world.User("anna").FullName));
    }

    [Fact]
    [Trait("Rule", "U1")]
    public void Import_ModeChangedAndOldUserNewInTheGroup_IsFetched()
    {
        var world = Scene.Of().With("anna", 0).With("ben");
        world.Run();
        world.Groups.Add(("ben", 1));

        var run = world.Run(RunMode.Changed);

        Assert.Equal(["ben"], run.Fetched);
        Assert.True(world.IsMember("ben", 1));
    }

    [Theory]
    [InlineData("ACME", "account-1", false)]
    [InlineData("acme", null, true)]
    [InlineData(" ACME", null, true)]
    [InlineData(null, null, false)]
    [Trait("Rule", "U6")]
    public void Company_AgainstAccounts_MatchesVerbatim(string? company, string? account, bool noted)
    {
        var world = Scene.Of().With("anna", 0).With("ben", 0);
        world.Write("anna", user => user with { Company = company });
        world.Write("ben", user => user with { Company = company });

        var run = world.Run();

        Assert.Equal(account, world.User("anna").AccountId);
        Assert.Equal(noted ? ["unmatchedCompany U6"] : [], run.Plan.Notes.Select(note => $"{note.Kind} {note.Rule}"));
        Assert.Equal(run.Plan.Notes, world.Run().Plan.Notes);
    }

    [Theory]
    [InlineData("Boss", "title-1", false)]
    [InlineData("boss", null, true)]
    [InlineData(null, null, false)]
    [Trait("Rule", "U7")]
    public void JobTitle_AgainstJobTitles_MatchesVerbatim(string? title, string? id, bool noted)
    {
        var world = Scene.Of().With("anna", 0);
        world.Write("anna", user => user with { JobTitle = title });

        var run = world.Run();

        Assert.Equal(id, world.User("anna").JobTitleId);
        Assert.Equal(noted ? ["unmatchedJobTitle U7"] : [], run.Plan.Notes.Select(note => $"{note.Kind} {note.Rule}"));
    }

    [Fact]
    [Trait("Rule", "U6")]
    public void Company_NoLongerMatching_EmptiesTheLink()
    {
        var world = Scene.Of().With("anna", 0);
        world.Write("anna", user => user with { Company = "ACME" });
        world.Run();
        world.Write("anna", user => user with { Company = "Other" });

        Assert.Equal(["Update account= U6"], world.Run().Lines());
    }

    [Theory]
    [InlineData(RunMode.Full)]
    [InlineData(RunMode.Changed)]
    [Trait("Rule", "U8")]
    public void Unmapped_LinkedUserWhoseEntryLacksSomething_IsLeftAsHeIs(RunMode mode)
    {
        var world = Scene.Of().With("anna", 0).With("ben", 0);
        world.Run();
        world.Entries["anna"] = world.Entries["anna"] with { Mapped = false };
        world.Write("anna", user => user with { FullName = "" });
        world.Write("ben", user => user with { FullName = "Ben goes on" });

        Assert.Equal(["Update fullName=Ben goes on U2"], world.Run(mode).Lines());
        Assert.True(world.User("anna").CanSignIn);
    }

    [Fact]
    [Trait("Rule", "U8")]
    public void Unmapped_NewOrDisabledUser_IsNotImportedAndIsDeactivated()
    {
        var world = Scene.Of().With("anna", 0).With("ben", 0);
        world.Entries["ben"] = world.Entries["ben"] with { Mapped = false };
        world.Run();
        Assert.Null(world.LinkedTo("ben"));
        world.Write("anna", user => user with { Enabled = false });
        world.Entries["anna"] = world.Entries["anna"] with { Mapped = false };

        Assert.Equal(["Deactivate active=false U3", "Deactivate canSignIn=false U3"], world.Run().Lines());
    }
}
