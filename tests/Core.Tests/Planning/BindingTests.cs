using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

public sealed class BindingTests
{
    [Theory]
    [InlineData(RunMode.Full)]
    [InlineData(RunMode.Changed)]
    [Trait("Rule", "U9")]
    public void Bind_RecordMadeByHand_FollowsTheDirectory(RunMode mode)
    {
        var world = Scene.Of(onlyGroups: true).With("anna");
        world.Run();
        var record = world.ByHand("anna.old");
        world.Bind(record, "anna");

        world.Run(mode);

        var bound = world.User("anna");
        Assert.Equal((record.Id, "anna", "Full anna", true, true), (bound.Id, bound.Login, bound.FullName, bound.Active, bound.CanSignIn));
        Assert.Single(world.Records);
        Assert.True(world.Run(mode).IsEmpty);
    }

    [Fact]
    [Trait("Rule", "U9")]
    public void Bind_UserOfNoGroup_IsDeactivatedOnlyWhenGone()
    {
        var world = Scene.Of(onlyGroups: true).With("anna");
        world.Bind(world.ByHand("anna"), "anna");
        world.Run();
        Assert.True(world.User("anna").CanSignIn);
        world.Entries.Remove("anna");

        Assert.Equal(["Deactivate active=false U3", "Deactivate canSignIn=false U3"], world.Run().Lines());
    }

    [Fact]
    [Trait("Rule", "U9")]
    [Trait("Rule", "U5")]
    public void Unbind_RecordMadeByHand_IsLeftAloneAndKeepsItsLogin()
    {
        var world = Scene.Of().With("anna", 0);
        var record = world.ByHand("anna");
        world.Bind(record, "anna");
        world.Run();
        world.Edit(record.Id, user => user with { DirectoryId = null, LdapId = null, BoundByHand = false, CanSignIn = false });
        var unbound = world.Records[record.Id];

        var run = world.Run();

        Assert.True(run.IsEmpty);
        Assert.Equal("U5", Assert.Single(run.Refused.Values).Note.Rule);
        Assert.Equal([unbound], world.Records.Values);
    }

    [Theory]
    [InlineData("anna")]
    [InlineData("anna.renamed")]
    [Trait("Rule", "U9")]
    [Trait("Rule", "U5")]
    public void Unbind_ImportedUser_IsLeftAloneAndTheDirectoryUserCollides(string login)
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        var id = world.User("anna").Id;
        world.Edit(id, user => user with { Login = login, DirectoryId = null, LdapId = null, CanSignIn = false });
        var unbound = world.Records[id];

        for (var time = 0; time < 2; time++)
        {
            var run = world.Run();

            Assert.True(run.IsEmpty);
            var collision = Assert.Single(run.Plan.Collisions);
            Assert.Equal((CollisionKind.Unbound, "anna", id), (collision.Kind, collision.LdapId, collision.HolderId));
            Assert.Equal(["U5"], run.Plan.Notes.Select(note => note.Rule));
            Assert.Equal([unbound], world.Records.Values);
        }
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("corp", "other")]
    [InlineData("other", "anna")]
    [Trait("Rule", "U9")]
    public void Unbind_WhileARunPlansFromTheKeptState_TouchesNothing(string? directoryId, string? ldapId)
    {
        var world = Scene.Of().With("anna", 0);
        var record = world.ByHand("anna");
        world.Bind(record, "anna");
        world.Run();
        world.Write("anna", user => user with { FullName = "Changed" });
        world.Records[record.Id] = world.Records[record.Id] with { DirectoryId = directoryId, LdapId = ldapId };

        var run = world.Plan(world.Read());

        Assert.True(run.IsEmpty);
        Assert.Empty(run.Plan.Next);
        Assert.True(run.Plan.StateChanged);
    }

    [Fact]
    [Trait("Rule", "U1")]
    public void Delete_RecordOfALinkedUser_IsImportedAgain()
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        world.Records.Clear();
        world.Members.Clear();

        // The kept state still knows the user: the record is asked for when something differs.
        world.Write("anna", user => user with { FullName = "Changed" });
        world.Run();

        Assert.Equal("Changed", world.User("anna").FullName);
        Assert.True(world.IsMember("anna", 0));
    }

    [Fact]
    [Trait("Rule", "U9")]
    public void OtherDirectory_RecordLinkedThere_IsLeftAlone()
    {
        var world = Scene.Of().With("anna", 0);
        var record = world.ByHand("anna");
        world.Edit(record.Id, user => user with { DirectoryId = "other", LdapId = "anna" });

        var run = world.Run();

        Assert.True(run.IsEmpty);
        Assert.Single(run.Refused);
    }
}
