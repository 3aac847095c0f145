using CsCheck;
using LdapSync.Core.Planning;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

/// <summary>What holds for every directory and every set of records.</summary>
public sealed class PropertyTests
{
    private const int People = 8;

    private static readonly Gen<bool> Often = Gen.Int[0, 4].Select(number => number > 0);

    /// <summary>Two states of one directory, with some records by hand, under any options.</summary>
    private static readonly Gen<(World World, Action Change)> Worlds =
        Gen.Select(Gen.Int[0, int.MaxValue - 1], Gen.Bool, Gen.Bool, Often, (seed, onlyGroups, all, import) =>
        {
            var random = new Random(seed);
            var world = new World().WithRole("r0").WithRole("r1");
            world.Settings = world.Settings with
            {
                Options = new OptionSettings { SynchronizeOnlyGroups = onlyGroups, ImportScope = all ? ImportScope.All : ImportScope.LinkedGroups, ImportNewUsers = import },
            };
            world.Accounts["Corp"] = "acc";
            world.ByHand("login-0");
            world.ByHand("guest");
            Fill(world, random);
            return (world, (Action)(() => Fill(world, random)));
        });

    [Fact]
    [Trait("Rule", "G3")]
    public void Plan_AfterApply_IsEmptyAndApplyingTwiceIsApplyingOnce() => Worlds.Sample(sample =>
    {
        sample.World.Apply(sample.World.Plan());
        sample.Change();
        var plan = sample.World.Plan();
        sample.World.Apply(plan);
        var once = Dump(sample.World);
        sample.World.Apply(plan);
        Assert.Equal(once, Dump(sample.World));

        var again = sample.World.Plan();
        Assert.Empty(again.Users);
        Assert.Empty(again.Members);
    });

    [Fact]
    [Trait("Rule", "U3")]
    [Trait("Rule", "U4")]
    [Trait("Rule", "R3")]
    [Trait("Rule", "R4")]
    [Trait("Rule", "R5")]
    public void Records_AfterApply_AreWhatTheRulesSay() => Worlds.Sample(sample =>
    {
        sample.World.Apply(sample.World.Plan());
        sample.Change();
        sample.World.Apply(sample.World.Plan());
        var world = sample.World;
        var options = world.Settings.Options;
        foreach (var user in world.Records.Values.Where(user => user.LdapId is not null))
        {
            var groups = Enumerable.Range(0, 2).Where(role => world.Groups[role].Contains(user.LdapId!)).ToList();
            var present = world.Directory.TryGetValue(user.LdapId!, out var entry) && entry.Enabled;
            var active = present && (!options.SynchronizeOnlyGroups || groups.Count > 0);
            Assert.Equal((active, active && groups.Count > 0), (user.Active, user.CanSignIn));
            Assert.Equal(groups.Select(role => $"r{role}"), world.Members.Keys.Where(key => key.User == user.Id).Select(key => key.Role).Order());
        }

        foreach (var entry in world.Directory.Values.Where(entry => entry.Enabled && options.ImportNewUsers && world.Groups.Exists(group => group.Contains(entry.LdapId))))
        {
            // In a linked group and enabled: has a record, unless the login is somebody else's.
            Assert.True(
                world.Records.Values.Any(user => user.LdapId == entry.LdapId)
                || world.Records.Values.Any(user => Same(user.Login, entry.Login))
                || world.Directory.Values.Count(other => Same(other.Login, entry.Login)) > 1);
        }
    });

    [Fact]
    [Trait("Rule", "U5")]
    public void Logins_AfterApply_AreSharedByNobody() => Worlds.Sample(sample =>
    {
        sample.World.Apply(sample.World.Plan());
        sample.Change();
        sample.World.Apply(sample.World.Plan());
        var logins = sample.World.Records.Values.Select(user => user.Login.ToLowerInvariant()).ToList();
        Assert.Equal(logins.Distinct().Count(), logins.Count);
    });

    [Fact]
    public void Plan_Always_LeavesRecordsByHandAlone() => Worlds.Sample(sample =>
    {
        var byHand = sample.World.Records.Values.ToDictionary(user => user.Id);
        sample.World.Members[("r0", byHand.Keys.First())] = false;
        sample.World.Apply(sample.World.Plan());
        sample.Change();
        sample.World.Apply(sample.World.Plan());
        Assert.All(byHand.Values, user => Assert.Equal(user, sample.World.Records[user.Id]));
        Assert.True(sample.World.Members.ContainsKey(("r0", byHand.Keys.First())));
    });

    [Fact]
    [Trait("Rule", "G1")]
    public void Plan_WithoutProof_RemovesNothing() => Gen.Select(Worlds, Gen.Bool, Gen.Bool, Gen.Bool).Sample((sample, users, first, second) =>
    {
        var world = sample.World;
        world.Apply(world.Plan());
        sample.Change();
        (world.UsersComplete, world.MembersComplete[0], world.MembersComplete[1]) = (users, first, second);

        var plan = world.Plan();

        foreach (var gone in plan.Users.Where(user => user.Action == PlannedAction.Deactivate))
        {
            // Who was read as disabled is known; who was not read is not.
            var ldapId = world.Records[gone.UserId].LdapId!;
            Assert.True(users || world.Directory.ContainsKey(ldapId));
            Assert.True(users || !world.Directory[ldapId].Enabled || world.Settings.Options.SynchronizeOnlyGroups);
        }

        Assert.DoesNotContain(plan.Members, member => !member.Add && !world.MembersComplete[member.RoleId == "r0" ? 0 : 1]);
    });

    [Fact]
    public void ModeChanged_OnTheSameDirectory_EndsAsModeFull() => Worlds.Sample(sample =>
    {
        var world = sample.World;
        world.Apply(world.Plan());
        var before = world.Directory.ToDictionary();
        sample.Change();
        var changed = world.Directory.Where(entry => !before.TryGetValue(entry.Key, out var old) || old != entry.Value).Select(entry => entry.Key).ToHashSet();

        // As it is kept: rebuilt from the records, every fingerprint is the record's.
        var plan = world.PlanChanged(changed);
        var full = world.Plan();

        Assert.Equal(Lines(full), Lines(plan));
    });

    private static void Fill(World world, Random random)
    {
        world.Directory.Clear();
        world.Groups.ForEach(group => group.Clear());
        for (var number = 0; number < People; number++)
        {
            if (random.Next(5) == 0)
            {
                continue;
            }

            var ldapId = $"p{number}";
            world.Directory[ldapId] = world.Person(ldapId) with
            {
                // Logins move about between few values, and some differ in case only.
                Login = random.Next(3) > 0 ? $"own-{number}" : $"{(random.Next(2) == 0 ? "login" : "LOGIN")}-{random.Next(3)}",
                FullName = $"Name {random.Next(2)}",
                Company = random.Next(2) == 0 ? "Corp" : null,
                Enabled = random.Next(6) > 0,
            };
            foreach (var group in world.Groups.Where(_ => random.Next(2) == 0))
            {
                group.Add(ldapId);
            }
        }
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static List<string> Dump(World world) =>
        [.. world.Records.Values.OrderBy(user => user.Id).Select(user => user.ToString()), .. world.Members.Keys.Order().Select(key => key.ToString())];

    private static List<string> Lines(BucketPlan plan) =>
        [.. plan.Users.SelectMany(user => user.ToChanges()).Concat(plan.Members.Select(member => member.ToChange())).Select(change => change.ToString()).Order(StringComparer.Ordinal)];
}
