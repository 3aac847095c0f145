using CsCheck;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

/// <summary>What holds for every history of directory, records and settings.</summary>
public sealed class PlanPropertyTests
{
    private const int Histories = 3000;

    private static readonly Gen<(bool Phone, List<Step> Steps)> Any = Gen.Select(Gen.Bool, Step.Any.List[1, 40]);

    [Fact]
    [Trait("Rule", "U1")]
    [Trait("Rule", "U2")]
    [Trait("Rule", "U3")]
    [Trait("Rule", "U4")]
    [Trait("Rule", "R3")]
    [Trait("Rule", "R4")]
    [Trait("Rule", "R5")]
    public void Plan_AnyHistory_EndsInTheRecordsOfTheRules() => ForEachRun((world, mask) => CheckAgainstRules(world, mask, RunMode.Full));

    [Fact]
    [Trait("Rule", "G3")]
    public void Plan_UnchangedDirectory_IsEmpty() => ForEachRun((world, mask) =>
    {
        // A login that one run frees is given to who waits for it by the next one, so as many runs as there are people may pass.
        var waits = world.Run(mask: mask).Refused.Count > 0;
        for (var more = world.Entries.Count; waits && more > 0; more--)
        {
            waits = !world.Run(mask: mask).IsEmpty;
        }

        var again = world.Run(mask: mask);
        Assert.True(again.IsEmpty);
        Assert.True(!again.Plan.StateChanged || again.Refused.Count > 0);
    });

    [Fact]
    [Trait("Rule", "G3")]
    public void Plan_AppliedTwice_IsAsAppliedOnce() => ForEachRun((world, mask) =>
    {
        var reading = world.Read(mask);
        var run = world.Plan(reading);
        world.Apply(run, reading);
        var once = Snapshot(world);
        world.Apply(run, reading);
        AssertSame(once, Snapshot(world));
    });

    [Fact]
    [Trait("Rule", "G1")]
    [Trait("Rule", "R7")]
    public void Plan_ReadNotComplete_RemovesNothing() => ForEachRun((world, mask) =>
    {
        var reading = world.Read(mask);
        var run = world.Plan(reading);
        foreach (var deactivation in run.Plan.Users.Where(user => user.Find(UserField.Active)?.After == "false"))
        {
            var ldapId = world.Records[deactivation.UserId].LdapId!;
            Assert.True(reading.UsersComplete || reading.Users.ContainsKey(ldapId));
            Assert.True(deactivation.Find(UserField.Active)!.Rule != Rule.LeaveGroupsOnly || reading.MembersComplete.All(complete => complete));
        }

        Assert.All(run.Plan.Members.Where(member => !member.Add), member => Assert.True(reading.MembersComplete[member.RoleId[^1] - '0']));
        world.Apply(run, reading);
    });

    [Fact]
    [Trait("Rule", "R6")]
    [Trait("Rule", "U9")]
    public void Plan_AnyHistory_TouchesOnlyLinkedUsers() => ForEachRun((world, mask) =>
    {
        var reading = world.Read(mask);
        var run = world.Plan(reading);
        var created = run.Plan.Users.Where(user => user.Action == PlannedAction.Create).Select(user => user.UserId).ToHashSet();
        Assert.All(created, id => Assert.False(world.Records.ContainsKey(id)));
        Assert.All(
            run.Plan.Users.Select(user => user.UserId).Concat(run.Plan.Members.Select(member => member.UserId)),
            id => Assert.True(created.Contains(id) || SyncModel.IsLinked(world.Records[id])));
        world.Apply(run, reading);
    });

    [Fact]
    public void Plan_AnyHistory_SaysWhatTheRecordsHaveBefore() => ForEachRun((world, mask) =>
    {
        var reading = world.Read(mask);
        var run = world.Plan(reading);
        Assert.All(run.Plan.Users, user => Assert.Equal(user.Changes.Count, user.Changes.DistinctBy(change => change.Field).Count()));
        Assert.All(
            run.Plan.Users.Where(user => user.Action != PlannedAction.Create).SelectMany(user => user.Changes, (user, change) => (Record: world.Records[user.UserId], Change: change)),
            pair =>
            {
                Assert.Equal(UserField.Read(pair.Record, pair.Change.Field), pair.Change.Before);
                Assert.NotEqual(pair.Change.Before, pair.Change.After);
            });
        Assert.All(run.Plan.Members, member => Assert.NotEqual(member.Add, world.Members.ContainsKey((member.RoleId[^1] - '0', member.UserId))));
        world.Apply(run, reading);
    });

    [Fact]
    [Trait("Rule", "U5")]
    public void Plan_AnyHistory_LeavesEachLoginToOneUser() => ForEachRun((world, mask) =>
    {
        var refused = world.Run(mask: mask).Refused;
        Assert.Equal(world.Records.Count, world.Records.Values.Select(record => record.Login).Distinct(StringComparer.OrdinalIgnoreCase).Count());

        // Whoever is refused still has no such login, so the next run lists him again, unless the login was freed by this one.
        var again = world.Plan(world.Read(mask));
        Assert.All(refused, refusal => Assert.True(again.Refused.ContainsKey(refusal.Key) || !again.IsEmpty));
    });

    [Fact]
    public void Plan_StateRebuiltFromRecords_IsThePlanOfTheKeptState() => ForEachRun((world, mask) =>
    {
        var reading = world.Read(mask);
        var (kept, rebuilt) = (world.Plan(reading), PlannedRun.Of(world, reading, RunMode.Full, state: null));
        Assert.Equal(Lines(kept), Lines(rebuilt));
        world.Apply(kept, reading);
    });

    [Fact]
    [Trait("Rule", "U2")]
    public void Plan_ModeChanged_EndsInTheRecordsOfTheRules() => ForEachRun((world, mask) =>
        CheckAgainstRules(world, mask, RunMode.Changed));

    private static void CheckAgainstRules(SyncModel world, int mask, RunMode mode)
    {
        var expected = Oracle.After(world, world.Read(mask));
        world.Run(mode, mask);
        AssertSame(expected, Snapshot(world));
    }

    private static void ForEachRun(Action<SyncModel, int> run) => Any.Sample(
        history =>
        {
            var world = new SyncModel { PhoneMapped = history.Phone };
            foreach (var step in history.Steps)
            {
                step.Do(world);
                if (step.Kind == StepKind.Run)
                {
                    // Every other read is complete.
                    run(world, step.Value % 2 == 0 ? 0 : step.Value >> 1);
                }
            }
        },
        iter: Histories);

    private static (List<UserRecord> Records, List<(int Role, string UserId)> Members) Snapshot(SyncModel world) =>
        ([.. world.Records.Values], [.. world.Members.Keys.Order()]);

    private static void AssertSame(
        (List<UserRecord> Records, List<(int Role, string UserId)> Members) expected, (List<UserRecord> Records, List<(int Role, string UserId)> Members) actual)
    {
        Assert.Equal(expected.Records, actual.Records);
        Assert.Equal(expected.Members, actual.Members);
    }

    // Which rule takes a user out who was put in by hand long ago, is the one thing that a rebuilt state says otherwise.
    private static IEnumerable<string> Lines(PlannedRun run) => run.Plan.Users.SelectMany(user => user.ToChanges()).Select(change => change.ToString())
        .Concat(run.Plan.Members.Select(member => $"{member.RoleId} {member.UserId} {member.Add}"))
        .Order(StringComparer.Ordinal);
}
