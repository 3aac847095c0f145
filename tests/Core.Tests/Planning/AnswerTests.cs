using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

/// <summary>Answers to collisions, as the planner takes them (U5).</summary>
public sealed class AnswerTests
{
    [Theory]
    [Trait("Rule", "U5")]
    [InlineData(RunMode.Full)]
    [InlineData(RunMode.Changed)]
    public void KeepApart_NewUser_IsImportedUnderTheGivenLogin(RunMode mode)
    {
        var world = Scene.Of().With("anna", 0);
        world.ByHand("ANNA");
        world.Run();
        world.Answers["anna"] = new CollisionAnswer(AnswerKind.KeepApart, "anna", "anna.a");

        Assert.Empty(world.Run(mode).Refused);

        Assert.Equal("anna.a", world.User("anna").Login);
        Assert.True(world.Run(mode).IsEmpty);
        world.Write("anna", user => user with { Login = "annika" });
        world.Run(mode);
        Assert.Equal("annika", world.User("anna").Login);
    }

    [Theory]
    [Trait("Rule", "U5")]
    [InlineData(RunMode.Full)]
    [InlineData(RunMode.Changed)]
    public void Ignore_NewUser_StaysOutWithoutANote(RunMode mode)
    {
        var world = Scene.Of().With("anna", 0);
        world.ByHand("anna");
        world.Run();
        world.Answers["anna"] = new CollisionAnswer(AnswerKind.Ignore, "ANNA");

        var run = world.Run(mode);

        Assert.True(run.IsEmpty && run.Refused.Count == 0 && run.Plan.Notes.Count == 0 && run.Plan.Collisions.Count == 0);
        world.Write("anna", user => user with { Login = "annika" });
        world.Run(mode);
        Assert.Equal("annika", world.User("anna").Login);
    }

    [Theory]
    [Trait("Rule", "U5")]
    [InlineData(AnswerKind.Ignore, "anna")]
    [InlineData(AnswerKind.KeepApart, "anna.a")]
    public void AnyAnswer_RefusedRename_DecidesTheLoginAndNothingElse(AnswerKind kind, string expected)
    {
        var world = Scene.Of().With("anna", 0);
        world.ByHand("taken");
        world.Run();
        world.Write("anna", user => user with { Login = "taken", FullName = "Other" });
        Assert.Single(world.Run(RunMode.Changed).Refused);
        world.Answers["anna"] = new CollisionAnswer(kind, "taken", kind == AnswerKind.KeepApart ? "anna.a" : null);

        Assert.Empty(world.Run(RunMode.Changed).Refused);

        Assert.Equal((expected, "Other"), (world.User("anna").Login, world.User("anna").FullName));
        Assert.True(world.Run(RunMode.Changed).IsEmpty);
        world.State = null;
        Assert.True(world.Run(RunMode.Changed).IsEmpty);
        Assert.True(world.Run().IsEmpty);
    }

    [Theory]
    [Trait("Rule", "U5")]
    [InlineData(false)]
    [InlineData(true)]
    public void RefusedRename_StateLostMeanwhile_IsLookedAtAgainInModeChanged(bool answerWithdrawn)
    {
        var world = Scene.Of().With("anna", 0);
        var inTheWay = world.ByHand("taken");
        world.Run();
        world.Write("anna", user => user with { Login = "taken" });
        Assert.Single(world.Run(RunMode.Changed).Refused);
        if (answerWithdrawn)
        {
            world.Answers["anna"] = new CollisionAnswer(AnswerKind.Ignore, "taken");
            Assert.Empty(world.Run(RunMode.Changed).Refused);
            world.Answers.Clear();
        }

        // Any role linked, or a change by hand in the bucket.
        world.State = null;
        Assert.Single(world.Run(RunMode.Changed).Refused);

        world.Edit(inTheWay.Id, user => user with { Login = "other" });
        world.Run(RunMode.Changed);
        Assert.Equal("taken", world.User("anna").Login);
    }

    [Fact]
    [Trait("Rule", "U9")]
    public void KeepApart_UnboundUser_TheOtherRecordIsTheDirectoryUsers()
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        var id = world.User("anna").Id;
        world.Edit(id, user => user with { DirectoryId = null, LdapId = null, CanSignIn = false });
        Assert.Equal(CollisionKind.Unbound, Assert.Single(world.Run().Plan.Collisions).Kind);
        var unbound = world.Records[id];

        // As the queue makes it: another record, linked by a row of its own.
        world.Answers["anna"] = new CollisionAnswer(AnswerKind.KeepApart, "anna", "anna.a");
        var other = world.ByHand("anna.a");
        world.Edit(other.Id, user => user with { DirectoryId = SyncModel.DirectoryId, LdapId = "anna" });
        var run = world.Run();

        Assert.Empty(run.Plan.Collisions);
        Assert.Equal(("anna.a", "Full anna", true), (world.User("anna").Login, world.User("anna").FullName, world.User("anna").CanSignIn));
        Assert.Equal(unbound, world.Records[id]);
        Assert.True(world.Run().IsEmpty);
    }
}
