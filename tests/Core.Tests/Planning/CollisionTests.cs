using LdapSync.Core.Planning;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

/// <summary>U5 through a whole run: what is planned, refused and written.</summary>
public sealed class CollisionTests
{
    [Fact]
    [Trait("Rule", "U5")]
    public void Import_LoginOfAUserFromElsewhere_IsListedAtEveryRunUntilFree()
    {
        var world = Scene.Of().With("anna", 0).With("ben", 0);
        var guest = world.ByHand("ANNA");

        for (var run = 0; run < 2; run++)
        {
            Assert.Equal(["anna"], world.Run().Refused.Values.Select(claim => claim.Note.Subject));
            Assert.Equal(["ANNA", "ben"], world.Records.Values.Select(record => record.Login).Order(StringComparer.Ordinal));
            Assert.Single(world.Members);
        }

        world.Records.Remove(guest.Id);
        world.Run();
        Assert.True(world.IsMember("anna", 0));
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Import_TwoNewUsersWithOneLogin_ImportsNeither()
    {
        var world = Scene.Of().With("one", 0).With("two", 0);
        world.Write("one", user => user with { Login = "same" });
        world.Write("two", user => user with { Login = "Same" });

        Assert.Equal(["Same", "same"], world.Run().Refused.Values.Select(claim => claim.Note.Subject).Order(StringComparer.Ordinal));
        Assert.Empty(world.Records);
        Assert.Empty(world.Members);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Import_LoginOfALinkedUser_IsKeptByTheLinkedOne()
    {
        var world = Scene.Of().With("one", 0);
        world.Run();
        world.With("two", 0);
        world.Write("two", user => user with { Login = "ONE" });

        Assert.Single(world.Run().Refused);
        Assert.Null(world.LinkedTo("two"));
        Assert.Equal("one", world.User("one").Login);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Rename_LoginThatANewUserWantsToo_GoesToTheLinkedOne()
    {
        var world = Scene.Of().With("one", 0);
        world.Run();
        world.With("new", 0);
        world.Write("one", user => user with { Login = "new" });

        world.Run();

        Assert.Equal("new", world.User("one").Login);
        Assert.Null(world.LinkedTo("new"));
    }

    [Theory]
    [InlineData("active=false")]
    [InlineData("fullName=Other")]
    [Trait("Rule", "U5")]
    public void Rename_Refused_LetsEverythingElseGoOn(string expected)
    {
        var world = Scene.Of(onlyGroups: true).With("anna", 0);
        world.ByHand("taken");
        world.Run();
        world.Write("anna", user => user with { Login = "taken", FullName = "Other" });
        if (expected == "active=false")
        {
            world.Groups.Clear();
        }

        var run = world.Run();

        Assert.Contains(run.Lines(), line => line.Contains(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(run.Lines(), line => line.Contains("login", StringComparison.Ordinal));
        Assert.Equal("anna", world.User("anna").Login);
    }

    [Theory]
    [InlineData(Core.Records.RunMode.Full)]
    [InlineData(Core.Records.RunMode.Changed)]
    [Trait("Rule", "U5")]
    public void Rename_Refused_IsTriedAgainWithoutAnOperation(Core.Records.RunMode mode)
    {
        var world = Scene.Of().With("anna", 0);
        var guest = world.ByHand("taken");
        world.Run();
        world.Write("anna", user => user with { Login = "taken" });

        Assert.True(world.Run(mode).IsEmpty);
        Assert.Equal([world.User("anna").Id], world.Run(mode).Refused.Keys);
        world.Records.Remove(guest.Id);
        Assert.Equal(["Update login=taken U2"], world.Run(mode).Lines());
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Rename_Ring_SwapsLogins()
    {
        var world = Scene.Of().With("anna", 0).With("ben", 0);
        world.Run();
        world.Write("anna", user => user with { Login = "ben" });
        world.Write("ben", user => user with { Login = "Anna" });

        Assert.Empty(world.Run().Refused);
        Assert.Equal(("ben", "Anna"), (world.User("anna").Login, world.User("ben").Login));
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Rename_LoginGivenUp_GoesToANewUserInTheSameRun()
    {
        var world = Scene.Of().With("anna", 0);
        world.Run();
        world.Write("anna", user => user with { Login = "anna.new" });
        world.With("other", 0);
        world.Write("other", user => user with { Login = "Anna" });

        Assert.Empty(world.Run().Refused);
        Assert.Equal(("anna.new", "Anna"), (world.User("anna").Login, world.User("other").Login));
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Without_NobodyRefused_IsThePlan()
    {
        var world = Scene.Of().With("anna", 0);
        var plan = world.Plan(world.Read()).Plan;

        var amended = PlanAmendment.Without(plan, new HashSet<string>());

        Assert.Equal(plan.Users, amended.Users);
        Assert.Equal(plan.Members, amended.Members);
        Assert.Equal(plan.Claims, amended.Claims);
        Assert.Equal(plan.Next, amended.Next);
        Assert.Equal(plan.StateChanged, amended.StateChanged);
    }
}
